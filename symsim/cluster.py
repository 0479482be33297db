# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Attempts on many machines: the workers of a dask.distributed scheduler, through its `concurrent.futures` executor.

A worker that is lost loses nothing: the scheduler gives its errands to others. Workers are not trusted: what they prove is replayed by
whoever asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor

from symsim.errand import accept, errand_of, perform
from symsim.errors import ArmsymError, BadInput, NotAvailable
from symsim.processes import Limits, Unfinished
from symsim.result import Job, Result

_SECONDS = 10
"""To wait for the scheduler."""
_LOSSES = 3
"""Workers that may be lost with an errand before it is given up."""


class Cluster:
    """The workers of the scheduler at an address, tcp://host:port. Raises `NotAvailable` where there is none."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client  # noqa: PLC0415  (an extra)
        except ImportError:
            raise NotAvailable("a cluster needs the package distributed: pip install 'armsym[cluster]'") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=_SECONDS, set_as_default=False)
        except ValueError as error:
            raise BadInput(f"--cluster {address}: {error}") from None
        except OSError:
            raise NotAvailable(f"no scheduler answers at {address}") from None
        self._executor: Executor = self._client.get_executor(pure=False, retries=_LOSSES)

    def attempt(self, job: Job, limits: Limits, say: Callable[[str], None]) -> Result:
        """What comes out on some worker."""
        say("at the cluster")
        try:
            return accept(self._executor.submit(perform, errand_of(job, limits)).result(), job)
        except CancelledError:
            raise Unfinished("interrupted") from None
        except ArmsymError:
            raise
        except Exception as error:  # whatever the scheduler says
            raise Unfinished(f"the cluster gave up: {type(error).__name__}: {error}") from None

    def stop(self) -> None:
        """Take back what no worker has begun, and leave the scheduler."""
        self._executor.shutdown(wait=False)
        self._client.close()
