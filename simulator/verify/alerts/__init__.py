"""Alerts of detectors, in the forms in which detectors write them."""

from simulator.verify.alerts.alert import Alert, AlertFormat
from simulator.verify.alerts.read import Alerts, read_alerts

__all__ = ["Alert", "AlertFormat", "Alerts", "read_alerts"]
