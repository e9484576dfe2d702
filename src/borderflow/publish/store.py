"""What a run leaves for later commands: posterior, draws, checkpoints of a calibration. Plain arrays, no pickles."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.calibrate import Posterior, State
from borderflow.calibrate.process import Process
from borderflow.calibrate.sampler import Particles, Tuning
from borderflow.calibrate.surrogate import Surrogate
from borderflow.errors import InputError, Problem
from borderflow.forecast.fit import Sources
from borderflow.forecast.forecast import Forecast
from borderflow.io.write import atomic_write
from borderflow.simulate.compile import Model
from borderflow.simulate.series import SERIES

Floats = NDArray[np.float64]
FITTED = "give the folder that `borderflow calibrate` or `borderflow run` left"


@dataclass(frozen=True)
class Saved:
    """A posterior as another command needs it: names and draws of the unknowns, and what was learned of sources."""

    names: tuple[str, ...]
    z: Floats
    sources: Sources
    ess: float


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a case folder, by name."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix in (".yaml", ".csv", ".geojson"))
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def to_npz(arrays: dict[str, Any]) -> bytes:
    """Arrays as an .npz file; the same arrays give the same bytes."""
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def posterior_file(names: tuple[str, ...], z: Floats, sources: Sources, ess: float) -> bytes:
    """posterior.npz."""
    return to_npz(
        {
            "names": np.array(names, dtype=str),
            "z": z,
            "spread_names": np.array(list(sources.spread), dtype=str),
            "spread": _stack(sources.spread, len(z)),
            "bias_names": np.array(list(sources.bias), dtype=str),
            "bias": _stack(sources.bias, len(z)),
            "ess": np.array(ess),
        }
    )


def read_posterior(folder: Path) -> Saved:
    """posterior.npz of a folder that calibrate or run left. Raises InputError where there is none."""
    needed = ("names", "z", "spread_names", "spread", "bias_names", "bias", "ess")
    d = _load(folder / "posterior.npz", FITTED, needed)
    sources = Sources(
        {str(k): d["spread"][:, i] for i, k in enumerate(d["spread_names"])}, {str(k): d["bias"][:, i] for i, k in enumerate(d["bias_names"])}
    )
    return Saved(tuple(str(n) for n in d["names"]), d["z"], sources, float(d["ess"]))


def draws_file(model: Model, forecast: Forecast, draw_of: NDArray[np.int64]) -> bytes:
    """draws.npz: `draws` (draw, day, location, target) of the forecast, NaN where a target does not apply, and every recorded series."""
    locations = list(dict.fromkeys(s.location for s in forecast.series))
    targets = list(dict.fromkeys(s.target for s in forecast.series))
    shape = (len(forecast.headline), model.n_days, len(locations), len(targets))
    draws = np.full(shape, np.nan, dtype=np.float32)
    for i, s in enumerate(forecast.series):
        draws[:, :, locations.index(s.location), targets.index(s.target)] = forecast.headline[:, i]
    return to_npz(
        {
            "draws": draws,
            "locations": np.array(locations, dtype=str),
            "targets": np.array(targets, dtype=str),
            "first_day": np.array(model.case.start.isoformat(), dtype=str),
            "recorded": forecast.recorded,
            "recorded_rows": forecast.recorded_rows,
            "recorded_locations": np.array(model.locations, dtype=str),
            "recorded_series": np.array([s.name for s in SERIES], dtype=str),
            "draw_of": draw_of,
        }
    )


def read_draws(folder: Path) -> dict[str, Any]:
    """draws.npz of a run folder. Raises InputError where there is none."""
    return _load(folder / "draws.npz", "give the folder that `borderflow run` left", ("recorded", "recorded_rows", "draw_of"))


def read_json(path: Path, *needed: str) -> dict[str, Any]:
    """A JSON object that a command left. Raises InputError where there is none, or one without the keys needed."""
    if not path.is_file():
        raise InputError([Problem(str(path), 0, "does not exist", FITTED)])
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError([Problem(str(path), 0, "cannot be read as JSON", FITTED)]) from error
    if not isinstance(found, dict) or not set(needed) <= found.keys():
        raise InputError([Problem(str(path), 0, f"must hold {', '.join(needed) or 'an object'}", FITTED)])
    return found


def save_state(path: Path, state: State, key: str) -> None:
    """Writes a checkpoint of a calibration; key: digest of what it belongs to."""
    p, t = state.particles, state.tuning
    arrays: dict[str, Any] = {
        "z": p.z, "w": p.w, "x": p.x, "log_lik": p.log_lik, "bias": state.process.bias, "cov": state.process.cov,
        "start_z": state.start_z,
    }  # fmt: skip
    arrays |= {f"surrogate_{name}": v for name, v in t.surrogate._asdict().items()}
    arrays |= {f"history_z{i}": v for i, v in enumerate(t.history_z)} | {f"history_x{i}": v for i, v in enumerate(t.history_x)}
    plain = {
        "key": key, "stage": state.stage, "round": state.round, "trace": state.trace,
        "halves": state.halves, "step": t.step, "plan": t.plan, "w_step": t.w_step, "sweeps": t.sweeps, "evaluations": t.evaluations,
        "accepted": t.accepted, "history": len(t.history_z),
    }  # fmt: skip
    atomic_write(path, to_npz(arrays | {"plain": np.array(json.dumps(plain))}))


def load_state(path: Path, key: str) -> State:
    """A checkpoint. Raises InputError where there is none, or where case, claims, seed or version have changed since."""
    d = _load(path, "there is no interrupted calibration to resume here; leave --resume out", ("plain", "z"))
    plain = json.loads(str(d["plain"]))
    if plain["key"] != key:
        raise InputError([Problem(str(path), 0, "the interrupted calibration belongs to another case, seed or version", "leave --resume out")])
    n = plain["history"]
    tuning = Tuning(
        plain["step"], plain["plan"], plain["w_step"], [d[f"history_z{i}"] for i in range(n)], [d[f"history_x{i}"] for i in range(n)],
        Surrogate(**{name: d[f"surrogate_{name}"] for name in Surrogate._fields}), plain["sweeps"], plain["evaluations"], plain["accepted"],
    )  # fmt: skip
    return State(
        plain["stage"], plain["round"], Particles(d["z"], d["w"], d["x"], d["log_lik"]),
        Process(d["bias"], d["cov"]), tuning, d["start_z"], plain["trace"],
        [(a, b) for a, b in plain["halves"]],
    )  # fmt: skip


def sources_at(posterior: Posterior, sources: Sources, draws: NDArray[np.int64]) -> Sources:
    """What was learned of sources, at some of the draws."""
    return Sources({k: v[draws] for k, v in sources.spread.items()}, {k: v[draws] for k, v in sources.bias.items()})


def _stack(columns: dict[str, Floats], n: int) -> Floats:
    return np.stack(list(columns.values()), axis=1) if columns else np.zeros((n, 0))


def _load(path: Path, remedy: str, needed: tuple[str, ...]) -> dict[str, Any]:
    """The arrays of an .npz file, those needed among them."""
    if not path.is_file():
        raise InputError([Problem(str(path), 0, "does not exist", remedy)])
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:  # np.load leaves broken files open
            found = {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise InputError([Problem(str(path), 0, f"cannot be read ({type(error).__name__})", remedy)]) from error
    if not set(needed) <= found.keys():
        raise InputError([Problem(str(path), 0, "cannot be read (arrays are missing)", remedy)])
    return found
