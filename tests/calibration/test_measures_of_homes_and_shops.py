"""The arithmetic of the measures of people's days, speakers and shops, on hand-made ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_made import CALENDAR, WORK, HandMadeTown, person, spell, truth

from simulator.calibration import inventory_sensor, privacy, reader, smart_speaker, world
from simulator.calibration.latent import share_of_reluctant
from simulator.calibration.shops import Shops
from simulator.calibration.smart_speaker import edits
from simulator.calibration.town import Ear, Logged, Town
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Occupation
from simulator.world.shelf import Item, Shelf, ShelfEvent, StockChange


def test_two_kinds_of_people_are_told_apart_by_their_answers() -> None:
    generator = np.random.default_rng(8)
    reluctant = generator.random((7000, 5)) < (0.9, 0.4, 0.1, 0.1, 0.2)
    willing = generator.random((3000, 5)) < (0.99, 0.85, 0.5, 0.45, 0.65)
    answers = np.concatenate((reluctant, willing)).astype(float)
    patterns, counts = np.unique(answers, axis=0, return_counts=True)
    assert share_of_reluctant(patterns, counts.astype(float)) == pytest.approx(0.7, abs=0.03)


WEEKEND = 5 * DAY
"""The first Saturday."""


class TestDays:
    def test_shoppers_on_a_weekday_and_on_a_weekend_day(self) -> None:
        town = HandMadeTown(days=7)
        for number in range(10):
            trips = [
                (number % 5 * DAY + 11 * HOUR, Activity.SHOP),
                (number % 5 * DAY + 12 * HOUR, Activity.HOME),
            ]
            if number < 4:
                trips += [(WEEKEND + 10 * HOUR, Activity.SHOP), (WEEKEND + 11 * HOUR, Activity.HOME)]
            town.write(person(number), (0.0, Activity.HOME), *trips)
        town.write(person(10, age=8), (0.0, Activity.HOME), (HOUR, Activity.SHOP), (2 * HOUR, Activity.HOME))
        weekday, weekend = world.shoppers_day(town)
        assert (weekday.value, weekend.value) == (pytest.approx(20.0), pytest.approx(20.0))

    def test_two_trips_of_one_day_make_one_shopper_and_two_trips(self) -> None:
        town = HandMadeTown(days=7)
        for number in range(2):
            town.write(
                person(number),
                (0.0, Activity.HOME),
                (10 * HOUR, Activity.SHOP),
                (10.5 * HOUR, Activity.HOME),
                (15 * HOUR, Activity.SHOP),
                (15.5 * HOUR, Activity.HOME),
            )
        assert world.shoppers_day(town)[0].value == pytest.approx(20.0)
        assert world.trips_week(town)[0].value == pytest.approx(2.0)

    def test_workers_alone_are_asked_about_work(self) -> None:
        town = HandMadeTown(days=7)
        for number in range(3):
            days = [day for day in range(7) if day < 5 or number == 0]
            doings = [(day * DAY + hour * HOUR, doing) for day in days
                      for hour, doing in ((9, Activity.WORK), (17, Activity.HOME))]  # fmt: skip
            town.write(person(number), (0.0, Activity.HOME), *doings)
        town.write(person(3, occupation=Occupation.RETIRED), (0.0, Activity.HOME))
        weekday, weekend = world.work_on_weekday(town)
        assert (weekday.value, weekend.value) == (pytest.approx(100.0), pytest.approx(100 / 3))

    def test_length_of_a_trip_by_kind_of_day(self) -> None:
        town = HandMadeTown(days=7)
        for number in range(2):
            town.write(
                person(number),
                (0.0, Activity.HOME),
                (10 * HOUR, Activity.SHOP),
                (10 * HOUR + 30 * MINUTE, Activity.HOME),
                (WEEKEND, Activity.SHOP),
                (WEEKEND + 40 * MINUTE, Activity.HOME),
                (7 * DAY - HOUR, Activity.SHOP),
            )
        weekend, weekday = world.trip_length(town)
        assert (weekend.value, weekday.value) == (pytest.approx(40.0), pytest.approx(30.0))

    def test_a_way_to_work_counts_once_a_worker(self) -> None:
        town = HandMadeTown(days=7)
        for number, minutes in enumerate((8.0, 20.0, 62.0)):
            spells = [spell(0.0, Activity.HOME)]
            for day in range(2):
                leaves = day * DAY + 8 * HOUR
                spells += [
                    spell(leaves, Activity.COMMUTE, minutes),
                    spell(leaves + minutes * MINUTE, Activity.WORK),
                ]
            town.chronicle.write(person(number), spells)
        average, short, long = world.commute_mean(town)
        assert average.value == pytest.approx(30.0)
        assert (short.value, long.value) == (pytest.approx(100 / 3), pytest.approx(100 / 3))

    @pytest.mark.parametrize(
        ("arrivals", "peaks"),
        [
            ({9: 2, 11: 5, 12: 7, 13: 3, 15: 6, 16: 2}, (12.5, 15.5)),
            ({10: 5, 11: 5, 12: 1, 18: 9}, (10.5, 18.5)),
        ],
    )
    def test_peaks_are_hours_above_their_neighbours(
        self, arrivals: dict[int, int], peaks: tuple[float, float]
    ) -> None:
        town = HandMadeTown(days=7)
        number = 0
        for hour, count in arrivals.items():
            for _ in range(count):
                shop, back = ((hour + 0.2) * HOUR, Activity.SHOP), ((hour + 0.6) * HOUR, Activity.HOME)
                town.write(person(number), (0.0, Activity.HOME), shop, back)
                number += 1
        first, second = world.shop_peak(town)
        assert (first.value, second.value) == peaks

    def test_a_trace_has_a_place_for_each_hour(self) -> None:
        town = HandMadeTown(days=2)
        for number in range(3):
            work = (10 * HOUR, Activity.WORK), (20 * HOUR, Activity.HOME)
            town.write(person(number), (-HOUR, Activity.HOME), *work)
        fixes = privacy._hourly(town)
        assert len(fixes) == 3 * 48
        at_work = fixes.longitude == WORK.longitude
        assert set(np.floor(fixes.at[at_work] / HOUR)) <= set(range(9, 21))
        assert 9 * 3 <= at_work.sum() <= 11 * 3


def speakers(*logs: list[Logged], days: int = 2) -> Town:
    town = Town.__new__(Town)
    town.chronicle = HandMadeTown(days).chronicle
    town.log = {f"h{number}": log for number, log in enumerate(logs)}
    town.ears = {f"d{number}": Ear(f"h{number}", "kitchen") for number in range(len(logs))}
    town.purchases = {}
    return town


def command(at: float, intent: str = "music", **facts: Any) -> Logged:
    return Logged(
        at, "d", {"intent": intent, "transcript": "x", "seconds": 2.0}, {"cause": "command", **facts}
    )


def noise(at: float, seconds: float) -> Logged:
    return Logged(at, "d", {"intent": "none", "seconds": seconds}, {"cause": "television"})


class TestSpeakers:
    def test_commands_on_an_active_day_and_on_any_day(self) -> None:
        busy = [command(HOUR)] * 6 + [command(DAY + HOUR)] * 2
        idle = [command(HOUR)]
        homes = speakers(busy, idle)
        retail, search, median = smart_speaker.commands_active_day(homes, homes)
        assert retail.value == search.value == pytest.approx(9 / 3)
        assert median.value == 2.0
        by_calendar, _ = smart_speaker.commands_calendar_day(homes, homes)
        assert by_calendar.value == pytest.approx(9 / 4)

    def test_what_nobody_meant_and_what_was_not_understood(self) -> None:
        log = [command(0.0), command(0.0, "unknown"), noise(0.0, 2.0), command(0.0)]
        homes = speakers(log, log)
        assert smart_speaker.unintended_share(homes, homes)[0].value == pytest.approx(50.0)

    def test_long_false_recordings(self) -> None:
        log = [command(0.0), noise(0.0, 3.0), noise(0.0, 10.0), noise(0.0, 2.0), noise(0.0, 30.0)]
        assert smart_speaker.false_wake_long(speakers(log, log))[0].value == pytest.approx(50.0)

    def test_the_order_of_categories(self) -> None:
        log = [
            command(0.0, kind) for kind in ("music",) * 5 + ("search",) * 3 + ("smart_home",) * 2 + ("timer",)
        ]
        music, search, home = smart_speaker.category_order(speakers(log, log))
        assert (music.value, search.value) == (pytest.approx(200 / 11), pytest.approx(100 / 11))
        assert home.value == pytest.approx(100 / 11)

    def test_wakes_count_up_to_the_last_report_of_words(self) -> None:
        town = speakers([], [])
        for number in range(2):
            device, household = f"d{number}", f"h{number}"
            wake = truth("wake", 1.0, household=household, device=device, facts={"cause": "talk"})
            meant = truth("wake", 1.0, household=household, device=device, facts={"cause": "command"})
            for words in (5_000.0, 10_000.0):
                town._keep_wake(wake, {})
                town._keep_wake(meant, {})
                status = truth(
                    "status", 2.0, household=household, device=device, facts={"words_heard": words}
                )
                town._keep_status(status, {"room": "kitchen"})
            town._keep_wake(wake, {})
        assert smart_speaker.false_wake_rate(town)[0].value == pytest.approx(2.0)

    @pytest.mark.parametrize(
        ("said", "heard", "errors"),
        [
            ("play some jazz", "play some jazz", 0),
            ("play some jazz", "play jazz", 1),
            ("play some jazz", "played some more jazz", 2),
            ("stop", "", 1),
        ],
    )
    def test_errors_in_words(self, said: str, heard: str, errors: int) -> None:
        assert edits(said.split(), heard.split()) == errors

    def test_word_errors_by_voice(self) -> None:
        well = [command(0.0, said="x y", voice="familiar")]
        badly = [command(0.0, said="a b c d", voice="unfamiliar")]
        unfamiliar, familiar = smart_speaker.asr_wer(speakers(well, well, badly, badly))
        assert (unfamiliar.value, familiar.value) == (1.0, 0.5)

    def test_rooms_and_owners(self) -> None:
        town = speakers([], [])
        town.ears["d2"] = Ear("h0", "living_room")
        town.chronicle.households = {
            f"h{number}": SimpleNamespace(id=f"h{number}", members=[person(age=40)] * 2)
            for number in range(4)
        }  # type: ignore[assignment]
        adults, count = smart_speaker.speaker_ownership(town)
        assert (adults.value, count.value) == (pytest.approx(50.0), pytest.approx(1.5))
        living, kitchen = smart_speaker.speaker_room(town)
        assert (living.value, kitchen.value) == (pytest.approx(100 / 3), pytest.approx(200 / 3))


def shops(*shelves: tuple[Shelf, list[ShelfEvent]], days: int = 21) -> Shops:
    found = Shops.__new__(Shops)
    chronicle = HandMadeTown(days).chronicle
    for shelf, events in shelves:
        chronicle.shelf_events[shelf.id] = events
    shop: Any = SimpleNamespace(
        shelves=tuple(shelf for shelf, _ in shelves), is_open=lambda at: 8 * HOUR <= at % DAY < 20 * HOUR
    )
    chronicle.shops = [shop]
    found.chronicle = chronicle
    found.celsius, found.cabinets = {}, {}
    return found


def shelf(name: str, price: float = 2.0, stock: int = 10) -> Shelf:
    item = Item("sku", name, 100.0, price, chilled=False, pharmacy=False)
    return Shelf(id=name, item=item, capacity=20, stock=stock, popularity=1.0)


class TestShops:
    def test_a_shelf_is_empty_for_half_of_the_opening_hours(self) -> None:
        events = [
            ShelfEvent(7 * DAY, StockChange.PICK, -10, 0, "p", "v"),
            ShelfEvent(14 * DAY, StockChange.RESTOCK, 10, 10),
        ]
        found = shops((shelf("a"), events), (shelf("b"), [events[1]]), (shelf("c"), []))
        (share,) = inventory_sensor.out_of_stock(found)
        # The second was empty until it was restocked, as its first event says; the third never.
        assert share.value == pytest.approx(100 * (0.5 + 0.5 + 0.0) / 3)

    def test_variance_over_mean_of_an_item(self) -> None:
        def sold(name: str, counts: list[int]) -> tuple[Shelf, list[ShelfEvent]]:
            events = [
                ShelfEvent((7 + day) * DAY + 9 * HOUR, StockChange.PICK, -count, 5, "p", "v")
                for day, count in enumerate(counts)
                if count
            ]
            return shelf(name), events

        found = shops(sold("steady", [4] * 14), sold("bursts", [8, 0] * 7), sold("slow", [1] + [0] * 13))
        (ratio,) = inventory_sensor.demand_family(found)
        assert ratio.value == pytest.approx((0.0 + np.var([8, 0] * 7, ddof=1) / 4.0) / 2)

    def test_shrink_counts_value_and_its_causes(self) -> None:
        events: list[ShelfEvent] = []
        for week in (1, 2):
            at = week * 7 * DAY + 10 * HOUR
            events += [
                ShelfEvent(at, StockChange.PICK, -96, 100, "p", "v"),
                ShelfEvent(at, StockChange.THEFT, -2, 98),
                ShelfEvent(at, StockChange.STAFF_LOSS, -1, 97),
                ShelfEvent(at, StockChange.PROCESS_LOSS, -1, 96),
                ShelfEvent(at, StockChange.RESTOCK, 50, 146),
            ]
        sales, external, internal, process = inventory_sensor.shrink(shops((shelf("a"), events)))
        assert sales.value == pytest.approx(100 * 4 / 96)
        assert [external.value, internal.value, process.value] == [50.0, 25.0, 25.0]

    def test_a_reader_reads_all_of_few_items(self) -> None:
        read, items = zip(*reader.read(3, CALENDAR), strict=True)
        assert len(read) == reader.READERS
        assert min(items) > 3 * reader.READS / 2  # radio is lost now and then
        assert sum(read) / sum(items) > 0.99

    def test_time_in_range_by_kind_of_fridge(self) -> None:
        found = shops()
        for number, kind in enumerate(("combined", "standalone", "purpose_built")):
            for device in (f"{kind}a", f"{kind}b"):
                found.cabinets[device] = kind
                found.celsius[device] = [4.0] * (10 - number) + [9.0] * number
        assert [each.value for each in inventory_sensor.cold_chain_in_range(found)] == [100.0, 90.0, 80.0]
