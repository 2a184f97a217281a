"""Indonesian names on sheets: titles off, words as printed, and one spelling for the many of the same word.

Titles are found before anything is lower-cased: ``dr.`` (physician) and ``Dr.`` (doctorate) differ only by
case and must print as they were written. Sources: DOMAIN.md 9.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Compared without dots, spaces and case.
_BEFORE = frozenset(
    "h hj hjh kh ir drs dra dr drg drh apt prof ns bripka brigadir bapak ibu bpk sdr sdri saudara saudari yth".split()
)
_AFTER = frozenset(
    """spd spdi spdsd spdaud mpd mpdi se sei sh shi mh mhi mhum ssos ssosi sip sap mip map sstp stp st mt skom mkom
    msc skm mkm skep mkep skepns ns ners sfarm sfarmasi apt mfarm amd amdkeb amdkep amdak amdkl amdgz amdrm
    amdfarm amdkom amdt amdip ama amapd amapust amk amkeb amkl akp sgz mgz msi mm mkes ssi ssn ss stt sst
    sstkeb strkeb strkep strgz strak strkes sag mag sth smn sm sakt mak macc sp mp spt spi mling ssit sbio
    spsi mpsi psikolog gr phd mba msa ma spa spb spog sppd sprad span spkk spm spkj spjp sptht spu spot sps
    sppk spfk mked mhkes mars bba ba bsc sikom mikom sds msn sarch sars skh drh drg mtrkeb mtrip sipem shut
    mhut skel stpi shum mpdk med ak ca cpa qia crmo cra ahlimadya""".split()
)
_NEVER_NAMES = frozenset({"gr", "ns", "mm"})
_DOTTED = re.compile(r"^[A-Za-z]{1,3}(?:\.\s?[A-Za-z]{1,6}){1,3}\.?$")
_LONGEST = 300  # characters of a cell that can be a name
_WORD = re.compile(r"[^\s,;/]+")

# One spelling for words that are written in many ways; the rest goes through _SPELLINGS.
_SAME = {
    spelling: word
    for word, spellings in {
        "muhammad": "muhammad muhamad mohammad mohamad mochammad mochamad moch moh muh mhd mohd much "
        "muchammad muchamad mukhammad mukhamad muhammat muhamat mokhamad mokhammad muhd",
        "ahmad": "ahmad achmad akhmad ahmat achmat akhmat",
        "siti": "siti sitti st sity",
        "nur": "nur noer noor nor",
        "abdul": "abdul abdoel abd abdur abdus",
        "sri": "sri srie",
    }.items()
    for spelling in spellings.split()
}
_SPELLINGS = tuple(
    (re.compile(old), new)
    for old, new in (
        ("oe", "u"),
        ("dj", "j"),
        ("tj", "c"),
        ("sj", "sy"),
        ("[ck]h", "h"),
        ("dh", "d"),
        ("th", "t"),
        ("ie$", "i"),
        ("(?<=[^aeiou])y$", "i"),
        ("v", "f"),
        (r"(.)\1+", r"\1"),
        ("^abdu([rs])", r"abdul\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """A printed name in its parts; ``words`` keep their case and dots ("Moh.", "A.")."""

    before: tuple[str, ...]
    words: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def bare(self) -> str:
        """The name without titles, as printed."""
        return " ".join(self.words)

    @property
    def key(self) -> tuple[str, ...]:
        """The words in one spelling; initials are single letters."""
        return tuple(word for word in map(canonical, self.words) if word)


def parse_name(text: str) -> Name:
    """Take ``text`` apart; a text of nothing but titles has no words."""
    head, _, tail = _tidy(text[:_LONGEST]).partition(",")
    words = _WORD.findall(head)
    before: list[str] = []
    while _is_before(words := _unglued(words)):
        before.append(words.pop(0))
    words, after = _strip_after(words)
    rest = [part for part in re.split(r"[,;]", tail) if part.strip()]
    if len(words) == 1 and rest and "." in words[0] and _is_after_text(words[0]):
        # "S.Pd., Budi": a comma that belongs to the columns, not to the name.
        after, words = tuple(words), []
    if not words and rest:
        second = parse_name(",".join(rest))
        return Name((*before, *after, *second.before), second.words, second.after)
    return Name(tuple(before), tuple(words), (*after, *(part.strip() for part in rest)))


def bare_name(text: str) -> str:
    """``text`` without titles."""
    return parse_name(text).bare


def canonical(word: str) -> str:
    """One spelling of a word of a name: lower case, no marks, old spellings made new ("Soeyanto" → "suyanto")."""
    return _canonical(plain(word))


@lru_cache(maxsize=50_000)
def _canonical(plain: str) -> str:
    if plain in _SAME:
        return _SAME[plain]
    new = plain
    for old, replacement in _SPELLINGS:
        new = old.sub(replacement, new)
    return _SAME.get(new, new)


def literal(words: tuple[str, ...]) -> str:
    """Words as written, only case, marks and dots taken away; tells namesakes of different spelling apart."""
    return " ".join(plain for plain in map(plain, words) if plain)


def plain(word: str) -> str:
    """The letters a-z of ``word`` in lower case, accents, dots and apostrophes taken away."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if "a" <= letter <= "z")


def _tidy(text: str) -> str:
    flat = re.sub(r"[\s\u00a0_]+", " ", text.replace("\u200b", ""))
    # Row numbers ("7. Budi") and the bullets of lists are not part of a name.
    return re.sub(r"^[\s.\-*•:]*(?:\d{1,4}\s*[.)]?\s*)?[\s.\-*•:]*", "", flat).strip(" :-")


def _unglued(words: list[str]) -> list[str]:
    # "Hj.Siti" and "M.Arif": a title or an initial glued to the first word.
    glued = re.match(r"^([A-Za-z]{1,4}\.)([A-Za-z].*)$", words[0]) if words else None
    if glued is None or plain(words[0]) in _AFTER:
        return words
    return [glued.group(1), glued.group(2), *words[1:]]


def _is_before(words: list[str]) -> bool:
    return len(words) > 1 and plain(words[0]) in _BEFORE


def _strip_after(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Degrees at the end without a comma; two words may be one degree ("S. Pd")."""
    after: list[str] = []
    kept = list(words)
    while len(kept) > 1:
        if len(kept) > 2 and _is_pair(kept[-2], kept[-1]):
            after.insert(0, f"{kept[-2]} {kept[-1]}")
            del kept[-2:]
        elif _is_after_text(kept[-1]):
            after.insert(0, kept.pop())
        else:
            break
    return kept, tuple(after)


def _is_pair(first: str, second: str) -> bool:
    # The first half carries a dot ("S. Pd", "A.Md. Keb"), else "Siti S P" would lose its initials.
    return first.endswith(".") and len(plain(first)) <= 3 and plain(first + second) in _AFTER


def _is_after_text(word: str) -> bool:
    degree = plain(word)
    if degree in _AFTER:
        # "Ak" or "Ma" at the end of a name carry no dot and are mixed case.
        return len(degree) > 2 or degree in _NEVER_NAMES or "." in word or word.isupper()
    return bool(_DOTTED.match(word)) and len(degree) >= 3 and word[0] in "SsMmAaDdBb"
