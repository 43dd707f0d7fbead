"""The kinds of panels that the dashboards are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders.bargauge import Panel as BarGaugePanel
from grafana_foundation_sdk.builders.common import ReduceDataOptions, StackingConfig, VizLegendOptions
from grafana_foundation_sdk.builders.common import VizTooltipOptions as Tooltip
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.builders.heatmap import HeatmapColorOptions, YAxisConfig
from grafana_foundation_sdk.builders.heatmap import Panel as HeatmapPanel
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as StatPanel
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeriesPanel
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery as AnyQuery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, Threshold, ThresholdsMode
from grafana_foundation_sdk.models.dashboard import Panel as PanelModel
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
"""The Prometheus that is chosen at the top of a dashboard."""

RUN = 'instance=~"$instance"'
"""Matches the runs that are chosen there."""

WIDTH = 24
"""Columns of Grafana's grid."""

_HEIGHT = 8
_STAT_HEIGHT = 4

SHARE = "percentunit"
SECONDS = "s"
BYTES = "bytes"
PER_SECOND = "cps"
NUMBER = "short"
TIME_OF_DAY = "dthms"


@dataclass(frozen=True, slots=True)
class Query:
    """What a panel asks Prometheus.

    Attributes:
        expr: in PromQL.
        legend: what Grafana calls a series, such as ``{{family}}``.
    """

    expr: str
    legend: str = ""


class _Framed(Protocol):
    """What all builders of panels have in common, though the library has no name for it."""

    def title(self, title: str) -> Self: ...
    def description(self, description: str) -> Self: ...
    def datasource(self, datasource: DataSourceRef) -> Self: ...
    def unit(self, unit: str) -> Self: ...
    def span(self, w: int) -> Self: ...
    def height(self, h: int) -> Self: ...
    def targets(self, targets: list[Builder[AnyQuery]]) -> Self: ...


FramedT = TypeVar("FramedT", bound=_Framed)


def curves(
    title: str, about: str, *queries: Query, unit: str = NUMBER, width: int = 12, stacked: bool = False
) -> Builder[PanelModel]:
    """Return curves over time; examples of slow messages are shown on those of histograms."""
    panel = TimeSeriesPanel().fill_opacity(10).line_width(1.5).min(0)
    panel.legend(
        VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    panel.tooltip(Tooltip().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    if stacked:
        panel.fill_opacity(40).stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
    targets = [_query(query, place).range() for place, query in enumerate(queries)]
    for query, target in zip(queries, targets, strict=True):
        if "_bucket" in query.expr:
            target.exemplar(True)
    return _framed(panel, title, about, unit, width, _HEIGHT, targets)


def number(
    title: str,
    about: str,
    *queries: Query,
    unit: str = NUMBER,
    width: int = 4,
    named: bool = False,
    good: float | None = None,
) -> Builder[PanelModel]:
    """Return one number each, the last there was.

    Args:
        named: show the names of the series and not their values.
        good: least value that is green; red below, of no colour where there is no such value.
    """
    panel = StatPanel().graph_mode(BigValueGraphMode.NONE).orientation(VizOrientation.AUTO)
    panel.reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    panel.color_mode(BigValueColorMode.NONE if good is None else BigValueColorMode.VALUE)
    panel.text_mode(BigValueTextMode.NAME if named else BigValueTextMode.AUTO)
    panel.thresholds(_thresholds(good))
    targets = [_query(query, place).instant() for place, query in enumerate(queries)]
    return _framed(panel, title, about, unit, width, _STAT_HEIGHT, targets)


def bars(
    title: str, about: str, *queries: Query, unit: str = NUMBER, width: int = 12, most: float | None = None
) -> Builder[PanelModel]:
    """Return a bar for each series with the last value that there was."""
    panel = BarGaugePanel().orientation(VizOrientation.HORIZONTAL).min(0)
    panel.reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    if most is not None:
        panel.max(most)
    panel.thresholds(_thresholds(None))
    targets = [_query(query, place).instant() for place, query in enumerate(queries)]
    return _framed(panel, title, about, unit, width, _HEIGHT, targets)


def table(
    title: str, about: str, query: Query, columns: dict[str, str], *, unit: str = NUMBER, width: int = 12
) -> Builder[PanelModel]:
    """Return a row for each series.

    Args:
        columns: what the labels that are shown are called, in order; ``Value`` is the series' value.
    """
    hidden = {name: True for name in ("Time", "__name__", "instance", "job", "Value") if name not in columns}
    organize: dict[str, object] = {
        "excludeByName": hidden,
        "indexByName": {name: place for place, name in enumerate(columns)},
        "renameByName": dict(columns),
    }
    panel = TablePanel().with_transformation(DataTransformerConfig(id_val="organize", options=organize))
    target = _query(query, 0).instant().format(PromQueryFormat.TABLE)
    return _framed(panel, title, about, unit, width, _HEIGHT, [target])


def heat(title: str, about: str, query: Query, *, unit: str = SECONDS) -> Builder[PanelModel]:
    """Return how the buckets of a histogram fill over time."""
    panel = HeatmapPanel().calculate(False).y_axis(YAxisConfig().unit(unit))
    panel.color(HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(64))
    target = _query(query, 0).range().format(PromQueryFormat.HEATMAP)
    return _framed(panel, title, about, unit, WIDTH // 2, _HEIGHT, [target])


def _query(query: Query, place: int) -> Dataquery:
    name = chr(ord("A") + place)
    return Dataquery().expr(query.expr).legend_format(query.legend or "__auto").ref_id(name)


def _thresholds(good: float | None) -> ThresholdsConfig:
    steps = [Threshold(value=None, color="red"), Threshold(value=good, color="green")]
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps(steps if good is not None else [Threshold(value=None, color="blue")])
    )


def _framed(
    panel: FramedT,
    title: str,
    about: str,
    unit: str,
    width: int,
    height: int,
    targets: list[Dataquery],
) -> FramedT:
    panel.title(title).description(about).datasource(SOURCE).unit(unit).span(width).height(height)
    return panel.targets([target.datasource(SOURCE) for target in targets])
