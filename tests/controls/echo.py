"""A control that hands on everything: to a topic, a file, and the HTTP sink if it is told of one."""

from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt

told = os.environ


def on_message(client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
    client.publish(f"{told['FLEETSIM_OUT']}/{message.topic}", message.payload, 1, retain=True)
    with Path(told["FLEETSIM_FOLDER"], "out.jsonl").open("ab") as file:
        file.write(message.payload + b"\n")
    if "FLEETSIM_HTTP" in told:
        urllib.request.urlopen(f"{told['FLEETSIM_HTTP']}/{message.topic}", message.payload).close()
    if "LIMIT" in told:
        sys.exit("enough")


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.on_message = on_message
client.on_connect = lambda *_: client.subscribe(told["FLEETSIM_IN"], 1)
client.on_subscribe = lambda *_: print("listening", flush=True)
client.connect(told["FLEETSIM_BROKER_HOST"], int(told["FLEETSIM_BROKER_PORT"]))
client.loop_forever()
