"""What the sensors of a shop send, and that they change nothing."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from corner_shop import CornerShop

from simulator.core.actions import Command
from simulator.core.ageing import Ageing
from simulator.core.errors import UsageError
from simulator.core.plugins import load
from simulator.core.readings import Hazard, Reading
from simulator.core.seeds import Draws
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices import Device, Habitat, Placement
from simulator.devices.inventory_sensor import (
    FAMILY,
    FridgeSensor,
    InventorySensorOptions,
    MotorSensor,
    ShelfSensor,
)
from simulator.devices.inventory_sensor.mounting import Mounting, Watched
from simulator.devices.inventory_sensor.scale import NOISE_DIVISIONS
from simulator.world import Neighbourhood
from simulator.world.fridge import DoorCause
from simulator.world.heat import LOWEST, ExcursionCause
from simulator.world.shelf import StockChange


class EquippedShop(CornerShop):
    """A corner shop with sensors; `sent` holds their readings by what they watch."""

    def __init__(
        self,
        seed: int = 1,
        shelves: int = 40,
        visits_a_day: float = 20.0,
        ageing: Ageing = Ageing.SERVICE,
        **options: object,
    ) -> None:
        super().__init__(seed, shelves, visits_a_day, ageing)
        self.options = InventorySensorOptions.model_validate(options)
        self.sent: dict[str, list[Reading]] = {}
        self.devices: dict[str, Device[InventorySensorOptions]] = {}
        hood = Neighbourhood("n0", (), (self.shop,))
        for placement in FAMILY.placements(hood, self.options, self.seeds.draws):
            self._equip(placement)

    def equip(self, things: Iterable[Watched]) -> None:
        """Put sensors on some more things."""
        for thing in things:
            self._equip(Placement(thing.id, Mounting(self.shop.place.id, thing)))

    def everything(self, event: str) -> list[tuple[str, Reading]]:
        return [(name, r) for name, sent in self.sent.items() for r in sent if r.event == event]

    def _equip(self, placement: Placement) -> None:
        def draws(purpose: str) -> Draws:
            return self.seeds.draws(purpose, "device", placement.entity)

        self.sent[placement.entity] = sent = []
        habitat = Habitat(self.env, self.calendar, draws, sent.append)
        device = FAMILY.build(placement, habitat, self.options)
        self.devices[placement.entity] = device
        self.env.process(device.run())


def watched(ageing: Ageing = Ageing.SERVICE, visits_a_day: float = 20.0, **options: object) -> EquippedShop:
    """Return a shop with a sensor on everything."""
    shop = CornerShop(visits_a_day=visits_a_day, ageing=ageing).shop
    things = len(shop.shelves) + len(shop.fridges) + len(shop.motors)
    return EquippedShop(visits_a_day=visits_a_day, ageing=ageing, per_shop=things, **options)


def still(ageing: Ageing = Ageing.SERVICE, **options: object) -> EquippedShop:
    """Return a shop where nobody comes, with a sensor on everything."""
    return watched(ageing, visits_a_day=1e-6, **options)


def test_the_family_is_found_by_its_entry_point() -> None:
    assert load("simulator.devices", "inventory_sensor") is FAMILY


def test_sensors_change_no_event_of_the_world() -> None:
    bare = CornerShop(seed=9, shelves=60, ageing=Ageing.ACCELERATED)
    equipped = EquippedShop(seed=9, shelves=60, per_shop=70, ageing=Ageing.ACCELERATED)
    for corner in (bare, equipped):
        corner.env.run(until=21 * DAY)
    assert bare.log == equipped.log
    assert any(name.startswith("n0-s0-motor") for name, _ in bare.log)
    for one, other in zip(bare.shop.fridges, equipped.shop.fridges, strict=True):
        assert one.temperature(21 * DAY) == other.temperature(21 * DAY)


def test_each_sensor_watches_a_thing_of_its_own_mostly_shelves() -> None:
    corner = EquippedShop(shelves=160, per_shop=120)
    kinds = Counter(type(device) for device in corner.devices.values())
    assert len(corner.devices) == 120
    assert kinds[ShelfSensor] == 96
    assert kinds[FridgeSensor] >= 9
    assert kinds[MotorSensor] >= 9


def test_few_sensors_still_cover_a_fridge_and_a_motor() -> None:
    corner = EquippedShop(shelves=160, per_shop=10)
    kinds = Counter(type(device) for device in corner.devices.values())
    assert kinds == {ShelfSensor: 8, FridgeSensor: 1, MotorSensor: 1}


def test_more_sensors_leave_the_others_where_they_are() -> None:
    few, many = (set(EquippedShop(shelves=160, per_shop=n).devices) for n in (50, 170))
    assert few < many


def test_everything_can_have_a_sensor() -> None:
    corner = still()
    things = (*corner.shop.shelves, *corner.shop.fridges, *corner.shop.motors)
    assert set(corner.devices) == {thing.id for thing in things}


def test_more_sensors_than_things_is_an_error_that_says_how_many_there_are() -> None:
    shop = CornerShop(shelves=40).shop
    room = 40 + len(shop.fridges) + len(shop.motors)
    with pytest.raises(UsageError, match=rf"40 shelves.*per_shop to {room} or less"):
        EquippedShop(shelves=40, per_shop=room + 1)


def test_a_pick_is_the_shoppers_purchase_and_other_changes_are_nobodys() -> None:
    corner = EquippedShop(shelves=160, visits_a_day=35, per_shop=150)
    corner.env.run(until=3 * DAY)
    world = {(name, event.at): event for name, event in corner.log if name in corner.sent}
    seen = set()
    for name, reading in corner.everything("shelf"):
        event = world[name, reading.at]
        assert reading.facts is not None
        assert reading.facts["change"] == event.change  # type: ignore[union-attr]
        assert reading.facts["quantity"] == event.quantity  # type: ignore[union-attr]
        seen.add(reading.facts["change"])
        if reading.facts["change"] == StockChange.PICK:
            visit = corner.visits[reading.person or ""]
            assert visit.start < reading.at < visit.end
            assert reading.facts["visit"] is not None
            pharmacy = corner.shelf(name).item.pharmacy
            assert reading.hazards == ((Hazard.PURCHASE, Hazard.HEALTH) if pharmacy else (Hazard.PURCHASE,))
        else:
            assert reading.person is None
            assert reading.hazards == ()
        assert "person" not in reading.values
    assert {StockChange.PICK, StockChange.RESTOCK, StockChange.THEFT} <= seen


def test_every_change_of_weight_and_nothing_else_makes_a_message() -> None:
    corner = EquippedShop(shelves=160, visits_a_day=35, per_shop=150)
    corner.env.run(until=2 * DAY)
    changes = [
        (shelf.id, event.at)
        for shelf, event in corner.shelf_events()
        if shelf.id in corner.sent and event.change is not StockChange.UNMET
    ]
    unmet = [event for _, event in corner.shelf_events() if event.change is StockChange.UNMET]
    assert unmet
    assert sorted(changes) == sorted((name, reading.at) for name, reading in corner.everything("shelf"))


def test_the_weight_is_that_of_the_stock_but_for_the_scales_noise() -> None:
    corner = EquippedShop(shelves=160, visits_a_day=35, per_shop=150)
    corner.env.run(until=2 * DAY)
    right = []
    for name, reading in corner.everything("shelf"):
        shelf = corner.shelf(name)
        assert reading.facts is not None
        stock, grams = reading.facts["stock"], reading.values["grams"]
        division = max(shelf.capacity * shelf.item.unit_weight / 2000, 1.0)
        assert abs(grams - stock * shelf.item.unit_weight) <= (0.5 + 5 * NOISE_DIVISIONS) * division  # type: ignore[operator]
        right.append(reading.values["stock"] == stock)
    assert sum(right) / len(right) > 0.99


def test_stock_outs_and_restocks_are_noticed_as_the_scale_sees_them() -> None:
    corner = still()
    corner.env.run(until=MINUTE)
    shelf = max(corner.shop.shelves, key=lambda shelf: shelf.stock)
    sent, stock = corner.sent[shelf.id], shelf.stock
    sent.clear()
    shelf.pick(corner.env.now, stock, "p1", "visit0")
    shelf.pick(corner.env.now, 1, "p2", "visit1")
    shelf.restock(corner.env.now, 5)
    assert [reading.event for reading in sent] == ["shelf", "stock_out", "shelf", "restock"]
    assert sent[0].values == {"sku": shelf.item.sku, "stock": 0, "grams": 0.0}
    assert sent[1].person == "p1"
    assert sent[3].values["added"] == 5
    assert sent[3].person is None


def test_tags_are_counted_at_every_interval_each_shelf_in_its_own_rhythm() -> None:
    corner = still(rfid_interval="20m")
    corner.env.run(until=10 * HOUR)
    phases = set()
    for shelf in corner.shop.shelves:
        reads = [reading for reading in corner.sent[shelf.id] if reading.event == "inventory"]
        assert 20 <= len(reads) <= 30, "but for what the radio loses"
        phases.add(reads[0].at)
        for reading in reads:
            assert reading.facts is not None
            assert reading.values["count"] == reading.facts["stock"] - reading.facts["missed"]  # type: ignore[operator]
    assert len(phases) == len(corner.shop.shelves)


def test_a_quiet_shelf_costs_a_few_dozen_events_a_day() -> None:
    def steps(sensors: int) -> int:
        corner = EquippedShop(visits_a_day=1e-6, per_shop=sensors)
        count = 0
        while corner.env.peek() < DAY:
            corner.env.step()
            count += 1
        return count

    assert (steps(10) - steps(0)) / 10 < 100


@pytest.mark.parametrize("kind", [ShelfSensor, FridgeSensor, MotorSensor])
def test_a_commanded_report_interval_takes_effect_at_once(kind: type) -> None:
    corner = still()
    corner.env.run(until=2 * HOUR)
    name, device = next((n, d) for n, d in corner.devices.items() if isinstance(d, kind))
    corner.sent[name].clear()
    assert device.obey(Command("report_interval", 60))
    assert not device.obey(Command("report_interval", -1))
    corner.env.run(until=2 * HOUR + 10 * MINUTE)
    regular = [r for r in corner.sent[name] if r.event in ("inventory", "temperature", "vibration")]
    assert 9 <= len(regular) <= 11
    assert device.obey(Command("firmware", "2.1.0"))
    assert corner.sent[name][-1].values == {"version": "2.1.0"}


def test_a_fridge_tells_its_temperature_and_its_door() -> None:
    corner = still()
    fridge = corner.shop.fridges[0]
    corner.env.run(until=HOUR)
    fridge.open_door(12.0, DoorCause.STAFF)
    corner.env.run(until=HOUR + MINUTE)
    door = [reading for reading in corner.sent[fridge.id] if reading.event == "door"]
    assert [reading.values for reading in door] == [{"open": True}, {"open": False, "seconds": 12.0}]
    assert {reading.facts["cause"] for reading in door if reading.facts} == {"staff"}
    corner.env.run(until=DAY)
    temperatures = [reading for reading in corner.sent[fridge.id] if reading.event == "temperature"]
    assert 85 <= len(temperatures) <= 96, "but for what the radio loses"
    for reading in temperatures:
        assert reading.facts is not None
        assert abs(reading.values["celsius"] - reading.facts["celsius"]) < 0.6  # type: ignore[operator]
        assert reading.person is None


def test_a_fridge_that_leaves_its_band_raises_an_alarm_and_clears_it() -> None:
    corner = still()
    fridge = corner.shop.fridges[0]
    corner.env.run(until=HOUR)
    fridge.stop_compressor()
    corner.env.run(until=5 * HOUR)
    fridge.restart_compressor()
    corner.env.run(until=9 * HOUR)
    alarms = [reading for reading in corner.sent[fridge.id] if reading.event == "alarm"]
    assert [reading.values["active"] for reading in alarms] == [True, False]
    assert alarms[0].facts is not None
    assert alarms[0].facts["excursion"] == "compressor_failure"


def test_a_motors_vibration_grows_with_its_wear() -> None:
    corner = still(Ageing.ACCELERATED, report_interval="2h")
    motor = max(corner.shop.motors, key=lambda motor: motor.remaining_life(0.0))
    end = motor.remaining_life(0.0)
    corner.env.run(until=end)
    turning = [reading for reading in corner.sent[motor.id] if reading.facts and reading.facts["running"]]
    wear = [reading.facts["wear"] for reading in turning if reading.facts]
    assert wear == sorted(wear)
    first, last = turning[0].values, turning[-1].values
    assert first["rms"] * 2 < last["rms"]  # type: ignore[operator]
    assert first["celsius"] < last["celsius"]  # type: ignore[operator]
    assert 3.5 < first["crest"] < 5.5, "of noise"  # type: ignore[operator]
    assert {"bpfo", "bpfi", "bsf"} == set(last["bands"])  # type: ignore[call-overload]
    assert turning[-1].facts is not None
    assert turning[-1].facts["remaining_life"] <= DAY  # type: ignore[operator]


def test_readings_get_lost_now_and_then_several_in_a_row_but_events_never() -> None:
    corner = still(report_interval="5m")
    corner.env.run(until=10 * DAY)
    lost = runs = 0
    for fridge in corner.shop.fridges:
        times = [reading.at for reading in corner.sent[fridge.id] if reading.event == "temperature"]
        gaps = [round((b - a) / (5 * MINUTE)) - 1 for a, b in pairwise(times)]
        lost += sum(gaps)
        runs += sum(gap > 0 for gap in gaps)
        used = [r.values["seconds"] for r in corner.sent[fridge.id] if r.event == "energy"]
        assert sum(used) == pytest.approx(times[-1], abs=len(used))  # type: ignore[arg-type]
    share = lost / (len(corner.shop.fridges) * 10 * 288)
    assert 0.003 < share < 0.06
    assert lost > 1.5 * runs


def diagnose(celsius: float, used: list[Reading]) -> ExcursionCause:
    """Return why a fridge was too warm or too cold, by its energy log alone.

    Args:
        celsius: what it was at first.
        used: the entries from three before the excursion to its last.
    """

    def seconds(entry: Reading, what: str) -> float:
        return float(entry.values[f"{what}_seconds"])  # type: ignore[arg-type]

    if celsius < LOWEST:
        return ExcursionCause.STUCK_THERMOSTAT
    if any(seconds(entry, "compressor") + seconds(entry, "defrost") == 0.0 for entry in used[3:]):
        return ExcursionCause.COMPRESSOR_FAILURE
    if max(seconds(entry, "door") for entry in used) > 2 * MINUTE:
        return ExcursionCause.DOOR_LEFT_OPEN
    if any(seconds(entry, "defrost") for entry in used):
        return ExcursionCause.DEFROST
    return ExcursionCause.DOOR_OPENINGS


def excursions(sent: list[Reading]) -> Iterator[tuple[Reading, list[Reading]]]:
    """Yield the first temperature of each excursion, and the energy log from three entries before it."""
    used = [reading for reading in sent if reading.event == "energy"]
    temperatures = [reading for reading in sent if reading.event == "temperature"]
    out = [bool(reading.facts and reading.facts["excursion"]) for reading in temperatures]
    for number in range(3, len(out)):
        if out[number] and not out[number - 1]:
            end = next((later for later in range(number, len(out)) if not out[later]), len(out))
            yield temperatures[number], used[number - 3 : end]


def test_energy_and_door_logs_explain_each_temperature_excursion() -> None:
    """A fridge does not get out of its band but for a reason, and each reason is in the logs."""
    said: Counter[tuple[str, bool]] = Counter()
    for seed in range(2):
        corner = EquippedShop(seed, 160, visits_a_day=35, ageing=Ageing.ACCELERATED, per_shop=0)
        corner.equip(corner.shop.fridges)
        corner.env.run(until=40 * DAY)
        for fridge in corner.shop.fridges:
            opened = [r.at for r in corner.sent[fridge.id] if r.event == "door" and r.values["open"]]
            for first, used in excursions(corner.sent[fridge.id]):
                assert first.facts is not None
                truth = first.facts["excursion"]
                told = diagnose(float(first.facts["celsius"]), used)  # type: ignore[arg-type]
                said[str(truth), told == truth] += 1
                if truth in (ExcursionCause.DOOR_LEFT_OPEN, ExcursionCause.DOOR_OPENINGS):
                    assert bisect(opened, first.at) > 0
                    assert first.at - opened[bisect(opened, first.at) - 1] < 4 * HOUR
    right = sum(count for (_, held), count in said.items() if held)
    assert sum(said.values()) > 100
    assert right / sum(said.values()) > 0.97
    assert {cause for cause, _ in said} >= {"compressor_failure", "door_left_open", "defrost"}


def test_an_unwatched_shop_needs_no_sensor() -> None:
    assert EquippedShop(per_shop=0).devices == {}
    assert list(FAMILY.placements(Neighbourhood("n0", (), ()), InventorySensorOptions(), None)) == []  # type: ignore[arg-type]
