"""Reach a Dask scheduler, and say in one line what is in the way."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.text import clean

_CONNECT_SECONDS = 30


def connect(scheduler: str) -> tuple[str, Any]:
    """The scheduler's address and a client of it. Raises `UsageError`."""
    try:
        import dask.config
        import distributed
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask, which is not installed here. Install it: pip install 'backgrade[cluster]'."
        ) from None
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is told here, in one line
    settings = dict(dask.config.config)
    address = scheduler
    if "://" not in scheduler:
        path = Path(scheduler)
        if not path.is_file():
            raise UsageError(
                f"--scheduler {scheduler}: expected an address such as tcp://host:8786, or a file that is there."
            )
        try:
            found = list(dask.config.collect_yaml([str(path)]))
        except ValueError as error:
            raise UsageError(
                f"--scheduler {path}: {' '.join(str(error).split())}. Expected scheduler-address: tls://host:8786 in it."
            ) from None
        settings = dask.config.merge(settings, *found)
        address = settings.get("scheduler-address", "")
        if not isinstance(address, str) or "://" not in address:
            raise UsageError(f"{path}: expected scheduler-address: tls://host:8786, got {address!r}.")
    try:  # first: a client that can't make anything of its address waits a minute and ends with a traceback
        distributed.comm.get_address_host_port(address)
    except (ValueError, NotImplementedError) as error:
        raise UsageError(f"{address}: expected an address such as tcp://host:8786; {clean(str(error), 200)}.") from None
    with dask.config.set(settings):
        if not _has_what_tls_needs(address):
            raise UsageError(
                f"{address} needs certificates, and Dask's configuration names none. Name a file with scheduler-address and "
                "distributed.comm.tls: --scheduler dask.yml."
            )
        try:
            return address, _client_of(address)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            why = " ".join(f"{error}".split()) or type(error).__name__
            raise UsageError(
                f"{address} can't be reached: {clean(why, 300).rstrip('.')}. Is `dask scheduler` running there, is its "
                "port open to this machine, and does its address begin with tls:// if it uses TLS?"
            ) from None


def _has_what_tls_needs(address: str) -> bool:
    """Whether the address asks for no TLS, or Dask's configuration has it. Raises `UsageError` for files that are no good."""
    import distributed

    if not address.startswith(("tls:", "wss:")):
        return True
    try:
        return distributed.Security().get_connection_args("client").get("ssl_context") is not None
    except (OSError, ValueError, RuntimeError) as error:  # ssl.SSLError is an OSError
        raise UsageError(
            f"the certificates that Dask's configuration names in distributed.comm.tls can't be used: "
            f"{clean(str(error), 300)}. Name others there, as PEM files."
        ) from None


def _client_of(address: str) -> Any:
    """A client that is connected. One that did not come so far, by Ctrl-C for instance, would hold up the end by a minute."""
    import distributed

    client: Any = distributed.Client.__new__(distributed.Client)
    try:
        client.__init__(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except BaseException:
        client.status = "closed"  # so that nobody closes it, which waits for what has not begun
        raise
    return client
