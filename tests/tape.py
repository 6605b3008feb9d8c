"""An emulation of CUDA graphs on the CPU: operations, and the memory that they use."""

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

REFUSED = {
    torch.ops.aten._local_scalar_dense: "a value was read back from the device",
    torch.ops.aten.nonzero: "a shape depends on values on the device",
    torch.ops.aten.masked_select: "a shape depends on values on the device",
    torch.ops.aten.lift_fresh: "Python's numbers were copied to the device",
}
INDEXING = {torch.ops.aten.index, torch.ops.aten.index_put, torch.ops.aten.index_put_}


class NoReading(TorchFunctionMode):
    """Refuses what operations of a CPU do not show: ways to the host and back."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") in {"tolist", "numpy", "cpu", "__array__"}:
            raise RuntimeError("a tensor was read back from the device")
        return function(*args, **(kwargs or {}))


def tensors(tree):
    """All tensors in nested containers."""
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def is_mask(tensor):
    """Whether it chooses by values as an index."""
    return tensor.dtype in (torch.bool, torch.uint8)


def memory(tensor):
    """What tells the memory of a tensor from that of others."""
    return tensor.untyped_storage()._cdata


class Tape(TorchDispatchMode):
    """Remembers operations with the very tensors that they read and write.

    Replayed, they read what is in this memory then, and write there. As with a graph,
    Python between them is not run again, and a new tensor is always in the same place.
    Where a value travels to Python, recording fails.
    """

    def __init__(self):
        super().__init__()
        self.operations, self._before, self._made = [], {}, set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function.overloadpacket in REFUSED:
            raise RuntimeError(REFUSED[function.overloadpacket])
        given = tensors((args, kwargs))
        if function.overloadpacket in INDEXING and any(map(is_mask, given[1:])):
            raise RuntimeError(REFUSED[torch.ops.aten.nonzero])
        for tensor in given:
            key = memory(tensor)
            if key not in self._made and key not in self._before:
                storage = tensor.untyped_storage()
                self._before[key] = storage, storage.clone()
        result = function(*args, **kwargs)
        known = set(map(memory, given))
        new = [t for t in tensors(result) if memory(t) not in known]
        self._made.update(map(memory, new))
        self.operations.append((function, args, kwargs, result))
        return result

    def undo(self):
        """Put all that was there before back as it was."""
        for storage, before in self._before.values():
            storage.copy_(before)
        self._before.clear()

    @torch.no_grad()
    def replay(self):
        """Do all of it again."""
        for function, args, kwargs, kept in self.operations:
            result = function(*args, **kwargs)
            for old, new in zip(tensors(kept), tensors(result), strict=True):
                if memory(old) != memory(new):
                    old.detach().copy_(new)


class TapeRecorder:
    """Records work on the CPU; ``rng`` is put back, as nothing is done yet."""

    def __init__(self, rng):
        self.rng, self.tapes = rng, []

    def warm_up(self, work):
        """Do the work."""
        return work()

    def record(self, work):
        """Record the work on a tape."""
        states, tape = (self.rng.get_state(), torch.get_rng_state()), Tape()
        with NoReading(), tape:
            result = work()
        tape.undo()
        self.rng.set_state(states[0]), torch.set_rng_state(states[1])
        self.tapes.append(tape)
        return tape.replay, result
