"""What owns a handle of the library and frees it exactly once."""

from typing import Any, ClassVar, NoReturn, TypeVar

from clone_auth._library import LIBRARY

_Self = TypeVar("_Self", bound="Handle")


class Handle:
    """The base of all that holds a handle; `_type` names the handle's type."""

    _type: ClassVar[str]
    _free: ClassVar[Any]

    def __init_subclass__(cls) -> None:
        # Kept here, because modules are emptied before the last objects go.
        cls._free = getattr(LIBRARY, f"clone_auth_{cls._type}_free")

    @classmethod
    def _own(cls: "type[_Self]", address: int) -> _Self:
        made = cls.__new__(cls)
        made._address = address
        return made

    _address: int

    @property
    def _handle(self) -> int:
        address = self.__dict__.get("_address")
        if address is None:
            raise ValueError(f"this {type(self).__name__} is closed")
        return address

    def close(self) -> None:
        """Frees the handle; a second time does nothing. Nobody else may be
        in a call with it."""
        # One step, also among threads.
        address = self.__dict__.pop("_address", None)
        if address is not None:
            type(self)._free(address)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be copied")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def own(kind: str, address: int) -> Handle:
    """A handle that no class of the interface stands for."""
    return _PLAIN[kind]._own(address)


def _plain(kind: str) -> "type[Handle]":
    return type(kind, (Handle,), {"_type": kind})


_PLAIN = {kind: _plain(kind) for kind in (
    "clock", "sealer_options", "key_record", "key_store",
    "key_verifier_options", "verified_key", "jwk_set", "jwt_policy",
    "session_options", "session_request", "sign_in_options")}
