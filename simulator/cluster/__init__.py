"""A load on several processes: a worker for each shard, and the crew that leads them."""

from simulator.cluster.crew import Workers

__all__ = ["Workers"]
