"""What is personal about the stream: hazards, canaries, and how people change their minds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simulator.core.canary_mode import Mode
from simulator.core.options import LONGEST, Options
from simulator.core.purposes import Purpose
from simulator.core.units import HOUR, MINUTE, Duration

MOST_A_DAY = 100.0

Share = Annotated[float, Field(ge=0.0, le=1.0)]

EXPOSED = 0.05
"""Share of devices with one careless identifier: of 81 home devices, four sent a MAC address or the like in
the clear (Ren 2019, IMC: "Information Exposure From Consumer IoT Devices")."""


class HazardRates(Options):
    """How common each hazard is, from 0 (nowhere) to 1 (everywhere it can be).

    The share is of devices unless its description says otherwise. What is left out is as it is by nature.
    """

    precise_location: Share = Field(
        default=1.0,
        description="Wearables that report where they are to the metre; the others round to a km.",
    )
    health: Share = Field(default=1.0, description="Devices that report what is about health.")
    child: Share = Field(default=1.0, description="Devices that report what is about children.")
    sleep: Share = Field(default=1.0, description="Devices that report how their wearers sleep.")
    occupancy: Share = Field(default=1.0, description="Devices that report what shows who is at home.")
    transcript_pii: Share | None = Field(
        default=None,
        description="Commands to a speaker with personal data in them; as people talk, about one in eleven, "
        "if left out.",
    )
    note_pii: Share = Field(
        default=0.3, description="Notes and comments with personal data in them; all devices write some."
    )
    payload_identifier: Share = Field(
        default=EXPOSED, description="Devices with a serial number, MAC address or account in each payload."
    )
    topic_identifier: Share = Field(
        default=EXPOSED, description="Devices whose topics end with an account or serial number."
    )
    client_id_identifier: Share = Field(
        default=EXPOSED, description="Devices whose client id begins with a serial number or MAC address."
    )
    user_property_identifier: Share = Field(
        default=EXPOSED,
        description="Devices whose messages carry an account in a user property; none unless they speak MQTT "
        "5, and not to the embedded broker.",
    )
    will_identifier: Share = Field(default=EXPOSED, description="Devices whose will names an account.")
    linked_id: Share = Field(
        default=0.3, description="Homes whose devices all report the id of one hub (assumption)."
    )
    linked_timing: Share = Field(
        default=0.1, description="Homes whose devices send at the same moments, once a minute (assumption)."
    )
    over_collection: Share = Field(
        default=0.1,
        description="Devices that send name, birth date and telephone number along, which nobody needs "
        "(assumption).",
    )
    retained: Share = Field(
        default=EXPOSED, description="Devices whose messages the broker retains (assumption)."
    )
    after_withdrawal: Share = Field(
        default=1.0, description="Devices that go on sending when their people have withdrawn all consent."
    )


PerDay = Annotated[float, Field(ge=0.0, le=MOST_A_DAY)]


class ConsentRates(Options):
    """How often people change their minds, each of them, in simulated days.

    The natural rates are assumptions: a third of people change something within a year, and few go so far
    as to ask for erasure or access.
    """

    withdraw_per_day: PerDay = Field(default=0.0005, description="Withdraws everything.")
    give_per_day: PerDay = Field(default=0.0005, description="Agrees to more.")
    partial_per_day: PerDay = Field(default=0.0005, description="Withdraws a part.")
    erase_per_day: PerDay = Field(
        default=0.0001, description="Asks for erasure, which withdraws everything for good."
    )
    access_per_day: PerDay = Field(default=0.0001, description="Asks for what is known about them.")
    grace: Duration = Field(
        default=10 * MINUTE,
        ge=0,
        le=LONGEST,
        description="How long a control may take to heed a change, in simulated time.",
    )
    answer_within: Duration = Field(
        default=HOUR,
        ge=0,
        le=LONGEST,
        description="How long a request may take, in simulated time; `until` in the truth.",
    )


class Privacy(Options):
    """What is personal about the stream, for controls to deal with."""

    canaries: Mode = Field(
        default=Mode.RECOGNISABLE,
        description="What people's data look like: `recognisable` to detectors of personal data, or "
        "`unmistakable`, which nobody takes for real.",
    )
    purpose: Purpose = Field(
        default=Purpose.ANALYTICS,
        description="What the consumer behind the controls is for; `expect` in the truth is for it.",
    )
    k: int = Field(
        default=5, ge=2, le=1000, description="People among whom everybody has to be one in what comes out."
    )
    l: int = Field(  # noqa: E741
        default=2, ge=2, le=1000, description="Different sensitive values that such people have to have."
    )
    epsilon: float = Field(
        default=1.0, gt=0, le=100, description="What each release of an aggregate has to keep: its ε."
    )
    hazards: HazardRates = Field(default_factory=HazardRates, description="How common each hazard is.")
    consent: ConsentRates = Field(default_factory=ConsentRates, description="How people change their minds.")


class OrOff:
    """Lets a field that is None by default be written ``off``; what is empty is a section with defaults.

    In a manifest, None is written as false, so that it does not come back as an empty section.
    """

    @staticmethod
    def read(value: object) -> object:
        """Return what pydantic is to validate for what was written."""
        if value is False or value == "off":
            return None
        return {} if value is None else value

    @staticmethod
    def __get_pydantic_json_schema__(schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        body = handler(schema)
        arms = body.get("anyOf", [body])
        return {"anyOf": [*arms, {"enum": [False, "off"]}]}
