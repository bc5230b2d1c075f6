"""Lets a witness be asked over HTTP, until told to end: one loop, one thread, one witness.

Slow, silent, rude and too many peers are put off; none of them learns more than a status and a
sentence.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus as Http

from bench.identity.plain import plain
from bench.witness.exchange import HEAD_LIMIT, Request, read_request, spelled
from bench.witness.requests import PATH, Answer, RefusedError
from bench.witness.witness import Witness

_MONITORED = "/checkpoint"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long (seconds) and how many peers are borne with."""

    request: float = 15.0
    farewell: float = 2.0
    peers: int = 200


class WitnessServer:
    """The witness behind one address."""

    def __init__(
        self,
        witness: Witness,
        say: Callable[[str], None],
        tls: ssl.SSLContext | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._witness = witness
        self._say = say
        self._tls = tls
        self._patience = patience
        self._peers = 0

    async def serve(
        self, host: str, port: int, ended: asyncio.Event, ready: Callable[[int], None]
    ) -> None:
        """Answer until `ended`; `ready` is told the port, which is chosen where `port` is 0.

        Raises `OSError` where the address cannot be had.
        """
        shake = self._patience.request if self._tls else None
        server = await asyncio.start_server(
            self._meet, host, port, limit=HEAD_LIMIT, ssl=self._tls, ssl_handshake_timeout=shake
        )
        async with server:
            ready(server.sockets[0].getsockname()[1])
            await ended.wait()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._peers += 1
        try:
            if self._peers <= self._patience.peers:
                await self._converse(reader, writer)
        except (OSError, TimeoutError):  # the peer's affair: it went, or took too long
            pass
        finally:
            self._peers -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lasting = True
        while lasting:
            async with asyncio.timeout(self._patience.request):
                try:
                    request = await read_request(reader, writer)
                except RefusedError as refused:
                    answer, lasting = refused.answer, False
                else:
                    if request is None:
                        return
                    answer, lasting = self._answer(request), request.lasting
                writer.write(spelled(answer, lasting=lasting))
                await writer.drain()
        await self._part(reader, writer)

    async def _part(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear the peer out for a moment: closing on unread bytes would destroy the answer."""
        if writer.can_write_eof():
            writer.write_eof()
        async with asyncio.timeout(self._patience.farewell):
            while await reader.read(HEAD_LIMIT):
                pass

    def _answer(self, request: Request) -> Answer:
        try:
            return self._routed(request)
        except Exception as error:  # noqa: BLE001 - a bug answers one peer and ends for no other
            self._say(f"A fault in the program: {plain(repr(error), 300)}")
            return Answer(Http.INTERNAL_SERVER_ERROR, "The witness has a fault.\n")

    def _routed(self, request: Request) -> Answer:
        if request.method == "POST" and request.target == PATH:
            return self._witness.add_checkpoint(request.body)
        if request.method == "GET" and request.target.endswith(_MONITORED):
            return self._witness.checkpoint(request.target[1 : -len(_MONITORED)])
        return Answer(Http.NOT_FOUND, "There is nothing here.\n")
