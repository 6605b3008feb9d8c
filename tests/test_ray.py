"""A fit under Ray's TorchTrainer: as under torchrun, by the same lines."""

import os
from pathlib import Path

import pytest
import rank_cases
from test_ranks import check_alike, check_equal

pytestmark = pytest.mark.slow
pytest.importorskip("ray.train.torch", exc_type=ImportError)


def train(options):
    """What each worker does: the script that torchrun runs."""
    import sys

    sys.path.insert(0, options["tests"])
    import rank_cases

    rank_cases.main(options["folder"], "table")


@pytest.mark.filterwarnings("default")
def test_two_workers_of_ray_learn_what_one_process_does(tmp_path, all_trees):
    import ray
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    tests = str(Path(__file__).parent)
    path = os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")])
    variables = {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    ray.init(num_cpus=2, include_dashboard=False, runtime_env={"env_vars": variables})
    try:
        TorchTrainer(
            train,
            train_loop_config={"tests": tests, "folder": str(tmp_path)},
            scaling_config=ScalingConfig(num_workers=2),
            run_config=RunConfig(storage_path=str(tmp_path / "ray")),
        ).fit()
    finally:
        ray.shutdown()
    first, last = (found["table"] for found in rank_cases.read(tmp_path, 2))
    check_alike(first, rank_cases.CASES["table"]())
    check_equal(first, last)
