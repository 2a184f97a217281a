"""Debian's Chromium, driven by Playwright; installed when missing and the test command may."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Locator, Page, async_playwright

from tests.fakes.debian import ensure_packages
from tests.fakes.desk_web import PASSWORD

CHROMIUM = "/usr/bin/chromium"
DESKTOP, PHONE = (1280, 800), (390, 844)
_AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
_MOST_TABS = 250
Scheme = Literal["light", "dark"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser without the network of the machine's proxy."""
    ensure_packages({CHROMIUM: "chromium"})
    arguments = ["--no-proxy-server", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def page_of(
    browser: Browser,
    address: str,
    size: tuple[int, int] = DESKTOP,
    *,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> AsyncIterator[Page]:
    """A fresh visitor's page; errors of its scripts and refusals of the CSP fail the test."""
    context = await browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="id-ID",
        java_script_enabled=scripts,
        has_touch=size == PHONE,
    )
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        yield page
        assert not faults, faults
    finally:
        await context.close()


async def log_in(page: Page, name: str) -> None:
    """As a person does it."""
    await page.goto("/masuk")
    await page.get_by_label("Nama akun").fill(name)
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/papan")


async def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands."""
    # Through the debugger: the page's own policy allows no foreign script, and must not be loosened for a test.
    await page.evaluate(_AXE.read_text("utf-8") + ";0")
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


async def is_wider_than_screen(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))


class Hand:
    """How somebody works a page: with a pointer (a finger on a phone), or with the keyboard and nothing else."""

    def __init__(self, page: Page, pointer: bool) -> None:
        self.page = page
        self.pointer = pointer
        self._touch = page.viewport_size is not None and page.viewport_size["width"] == PHONE[0]

    async def press(self, target: Locator) -> None:
        """A link, a button, the head of what can be unfolded."""
        if self.pointer:
            await (target.tap() if self._touch else target.click())
        else:
            await self.reach(target)
            await self.page.keyboard.press("Enter")

    async def tick(self, target: Locator) -> None:
        """A box or one of several choices."""
        if self.pointer:
            await (target.tap() if self._touch else target.click())
        elif await target.get_attribute("type") == "radio":
            group = self.page.locator(f"input[name={await target.get_attribute('name')}]")
            chosen = group.and_(self.page.locator(":checked"))
            none = await chosen.count() == 0
            await self.reach(group.first if none else chosen)
            if none:  # the Tab key stops at the first of them
                await self.page.keyboard.press("Space")
            for _ in range(await group.count()):
                if not await target.is_checked():
                    await self.page.keyboard.press("ArrowDown")
        else:
            await self.reach(target)
            await self.page.keyboard.press("Space")
        assert await target.is_checked()

    async def write(self, target: Locator, text: str) -> None:
        """Into a field, in place of what stands there."""
        if self.pointer:
            await (target.tap() if self._touch else target.click())
        else:
            await self.reach(target)
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def choose(self, target: Locator, label: str) -> None:
        """One line of a list: the keyboard goes by its first letters; a pointer's list is the system's, not ours."""
        if self.pointer:
            await target.select_option(label=label)
        else:
            await self.reach(target)
            await self.page.keyboard.type(label)
        assert await target.evaluate("e => e.selectedOptions[0].label.trim()") == label

    async def reach(self, target: Locator) -> None:
        """By Tab alone, and the focus must be seen when it is there."""
        wanted = await target.element_handle()
        for _ in range(_MOST_TABS):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("e => e === document.activeElement", wanted):
                style = await self.page.evaluate("e => getComputedStyle(e).outlineStyle", wanted)
                assert style != "none", f"no visible focus: {target}"
                return
        raise AssertionError(f"not to be reached by Tab: {target}")
