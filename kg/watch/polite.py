"""Requests as a host wants them: by its robots.txt, one at a time, with a pause, and not before it said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from kg.watch.fetch import LONGEST_WAIT, Client, FetchError, Response, origin
from kg.watch.state import State

_ROBOTS_FOR = 86_400.0  # seconds, as RFC 9309 has it
_LARGEST_ROBOTS = 500_000
_LONGEST_DELAY = 60.0
#: A host that wants to be left alone for longer is left for the next run.
PATIENCE = 30.0


@dataclass(slots=True)
class Polite:
    """What ``kg watch`` sends goes through here."""

    client: Client
    state: State
    delay: float = 1.0
    tries: int = 3
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)
    _rules: dict[str, RobotFileParser] = field(default_factory=dict)

    def get(
        self,
        url: str,
        private: frozenset[str],
        etag: str = "",
        modified: str = "",
        language: str = "",
    ) -> Response:
        """The answer at an address, 304 where it is as it was; FetchError after the tries that make sense."""
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        if language:
            headers["Accept-Language"] = f"{language}, *;q=0.5"
        for left in reversed(range(self.tries)):
            try:
                return self.client.get(
                    url, private=private, headers=headers, allowed=lambda one: self._allowed(one, private)
                )
            except FetchError as fault:
                self._heed(url, fault)
                if not fault.passing or not left or (fault.wait or 0) > PATIENCE:
                    raise
                self.sleep(max(fault.wait or 0, self.delay * 2 ** (self.tries - left)))
        raise AssertionError("unreachable")

    def _heed(self, url: str, fault: FetchError) -> None:
        if fault.wait:
            self.state.pause(origin(url), self.now() + fault.wait)

    def _allowed(self, url: str, private: frozenset[str]) -> None:
        host = origin(url)
        until = self.paused(host)
        if until > self.now() + PATIENCE:
            raise FetchError(
                f"{urlsplit(url).hostname} asked to be left alone until"
                f" {time.strftime('%Y-%m-%d %H:%M', time.localtime(until))}"
            )
        rules = self._robots(url, private)
        if not rules.can_fetch("regkg", url):
            raise FetchError(f"{url} isn't to be fetched by programs (robots.txt)")
        stated = rules.crawl_delay("regkg")
        self._turn(host, min(max(self.delay, float(stated or 0)), _LONGEST_DELAY))

    def _turn(self, host: str, delay: float) -> None:
        """Wait until the host has had its pause."""
        begin = max(min(self._last.get(host, 0.0), self.now()) + delay, self.paused(host))
        if (wait := begin - self.now()) > 0:
            self.sleep(wait)
        self._last[host] = self.now()

    def paused(self, host: str) -> float:
        """Until when a host is to be left alone. More than a day is of a clock that has been set back since."""
        until = self.state.paused(host)
        return until if until <= self.now() + LONGEST_WAIT else 0.0

    def _robots(self, url: str, private: frozenset[str]) -> RobotFileParser:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host in self._rules:
            return self._rules[host]
        kept = self.state.robots(host)
        if kept is None or not 0 <= self.now() - kept[1] < _ROBOTS_FOR:
            text = self._fetched(f"{host}/robots.txt", private)
            self.state.keep_robots(host, text, self.now())
        else:
            text = kept[0]
        rules = RobotFileParser()
        rules.parse(text.splitlines())
        self._rules[host] = rules
        return rules

    def _fetched(self, url: str, private: frozenset[str]) -> str:
        """A host without the file allows all; one that fails is left alone for now."""
        self._turn(origin(url), self.delay)
        try:
            answer = self.client.get(url, private=private)
        except FetchError as fault:
            if 400 <= fault.code < 500 and fault.code != 429:
                return ""
            self._heed(url, fault)
            raise
        return answer.body[:_LARGEST_ROBOTS].decode("utf-8", "replace")
