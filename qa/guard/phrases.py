"""How a sentence speaks that orders a language model about: precise phrases, in several languages.

A phrase is listed when news prose has no other use for it: not "ignore", but an order to ignore "the sources above".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from qa.guard.languages import ORDER, OTHER_LANGUAGES
from qa.guard.marks import has_signs_of_command
from qa.guard.sanitize import without_invisible

LOOKALIKES = str.maketrans("авеіјкмнорѕстухһԁԛԝαβεικνορτυχ", "abeijkmhopsctyxhdqwabeikvoptux")
SPACED = re.compile(r"\b(?:[^\W\d_] ){4,}[^\W\d_]\b")
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-z]")

_THINGS = (
    r"(?:sources?|sentences?|evidence|passages?|context|documents?|excerpts?|instructions?|prompts?|directives?"
    r"|guidelines|messages?|reports?|articles?)"
)
_BEFORE = r"(?:previous|prior|earlier|preceding|above|foregoing|other|numbered|retrieved)"
_IGNORE = (
    r"(?:ignore|disregard|forget|overlook|discard|override|(?:do not|don't|never) (?:use|trust|read|rely on|follow))"
)
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?)"
_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|chatgpt|(?:ai|chat|virtual|answering|reader)[ -]"
    r"(?:models?|assistants?|systems?|agents?|bots?)|summari[sz]ers?|assistants?)"
)

_ASIDE = (
    rf"\b{_IGNORE} (?:\w+ ){{0,4}}{_THINGS} (?:\w+ ){{0,2}}(?:above|below|you (?:were|have been) (?:given|shown"
    rf"|told))\b",
    rf"{ORDER}{_IGNORE} (?:\w+ ){{0,3}}{_BEFORE} (?:\w+ )?{_THINGS}\b",
    rf"{ORDER}{_IGNORE} (?:all|any|every)(?: of)?(?: the| your| these| those)? (?:sources|instructions|prompts"
    rf"|evidence"
    r"|context|sentences)\b",
    rf"{ORDER}{_IGNORE} everything (?:above|before|else|you|that (?:was|came|stands))\b",
    rf"\b(?:all|any|every|the) {_BEFORE} (?:sources?|sentences|passages|evidence|context) (?:is|are|was|were) (?:all )?"
    r"(?:false|wrong|outdated|fake|invalid|obsolete|lies|void|withdrawn|untrue|fabricated)\b",
    rf"\b(?:overrides?|supersedes?|replaces?|takes? precedence over|outranks?) (?:all|any|every|the) (?:{_BEFORE} )*"
    r"(?:sources|sentences|evidence|passages|context|prompts)\b",
    rf"{ORDER}(?:do not|don't|never) (?:mention|reveal|disclose|obey) (?:the |these |this |any |your )+(?:\w+ )?"
    r"(?:instructions?|system prompt|prompt|sentences|note)\b",
)
_TO_BE = (
    r"\byou are (?:now|no longer) (?:\w+ ){0,3}(?:assistant|ai|bot|chatbot|model|llm|dan|bound by|unrestricted"
    r"|jailbroken)\b",
    r"\bfrom now on,? (?:you (?:must |will |shall |should |only )*)?(?:answer|reply|respond|print|output)\b",
    rf"\bfrom now on,? (?:every|all|each) (?:\w+ )?{_REPLY}\b",
    rf"\b(?:pretend|act as (?:if|though)|imagine) (?:that )?(?:you (?:are|were) an? {_MODEL}|the (?:sources"
    rf"|sentences))\b",
    r"\bas an? (?:ai|artificial intelligence|llm|(?:large )?language model)(?: language)?(?: model| assistant)?,? "
    r"(?:you|your|i (?:can|am|must|do))\b",
    rf"\b(?:if|when|since|because) you(?: are|'re) an? (?!assistant){_MODEL}\b",
)
_ADDRESSED = (
    r"^\W*(?:(?:important|urgent|special|hidden|secret) )?(?:note|message|notice|memo|instructions?|attention|important"
    r"|order|directive|warning|reminder|hint|request|hello|hi|hey|dear)[ ,:]+(?:(?:to|for|all|any|the|every) )*"
    rf"{_MODEL}\b[^.:,!–—-]{{0,40}}[.:,!–—-]",
    rf"\b(?!assistants?\b){_MODEL}(?: \w+){{0,4}}? (?:must|shall|(?:is|are) (?:hereby )?(?:ordered|instructed"
    rf"|required) to) "
    rf"(?:only |now |always )*(?:answer (?:only|with|that)|reply|respond (?:only|with the)|print|repeat|{_IGNORE} )",
    r"^\W*(?:system|assistant|developer)\s*(?:\([^)]*\))?\s*:\s+\S+(?:\s+\S+){3}",
    r"^\W*#{2,}\s*(?:system|assistant|instruction|response|user|human)s?\b",
    r"^[^\w\[<{(]*[\[<{(]{1,2}\s*/?\s*(?:system|assistant|admin|developer)(?: (?:message|prompt|note|override|notice))?"
    r"\s*[\])}>]{1,2}",
    r"(?:^\W*|[.:!]\s*)(?:system|developer) (?:prompt|message|override|instructions?|note|notice|update)\s*[:\]]",
    r"^\W*(?:new|real|actual|secret|updated|hidden) (?:system )?(?:instructions?|prompt"
    r"|orders?)(?: for [^:]{1,40})?\s*:",
    r"^\W*(?:begin|start|end) of (?:the )?(?:system prompt|sources|evidence|context|user (?:input|message|question)"
    r"|numbered sentences|prompt)\b",
    rf"{ORDER}(?:reveal|print|show|repeat|output|leak|display|disclose) (?:me )?(?:your|the) (?:\w+ )?"
    r"(?:system prompt|hidden prompt|initial prompt|prompt above)\b",
)
_TO_ANSWER = (
    rf"{ORDER}(?:answer|reply|respond)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?|quer(?:y|ies)"
    r"|prompts?|users?))? (?:only|exclusively|solely|simply|just|always|exactly|instead)[, ]+(?:with|by saying|that"
    r"|the "
    r"(?:word|phrase|code|link)|\"|'|“|:|yes\b|no\b)",
    rf"{ORDER}(?:answer|reply|respond)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?|quer(?:y|ies)"
    r"|prompts?))? with (?:only|exactly|just|nothing but|the (?:single |exact |following |one )*(?:words?|phrase|string"
    r"|sentence|code|link|url|token|line))\b",
    rf"{ORDER}(?:answer|reply|respond|state)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?"
    r"|quer(?:y|ies)))? that\b",
    rf"{ORDER}(?:answer|reply|respond|print|output|echo|say|write|type)\b[^.]{{0,60}} nothing (?:else|more)\b",
    r"\b(?:answer|reply|respond|say|write|output|print|return)(?: only| with| that| just"
    r"| exactly)*[ :\"'“‘]+not found\b",
    rf"{ORDER}(?:answer|say|reply|respond|claim)(?: only)?(?: that)? [\"'“‘]?(?:the (?:documents|sources) do not say"
    r"|you (?:do not|don't) know)\b",
    rf"{ORDER}(?:begin|start|end|finish|conclude|close|open|preface|prefix|sign) (?:your|the|every|each|all|any) "
    rf"(?:\w+ )?{_REPLY}(?: \w+){{0,3}}? (?:with|by)\b",
    rf"{ORDER}(?:print|output|append|insert|include|add|put|mention|write|give|repeat|cite|show"
    rf"|paste)\b.{{0,80}}?\b(?:in"
    rf"|into|to|after|before|behind|of|as) (?:your|every|each|any|all) (?:\w+ )?{_REPLY}\b",
    rf"{ORDER}(?:print|output|repeat|echo) (?:only |exactly |just )?(?:the )?(?:following|exact|canary|token"
    rf"|string)\b",
    rf"\byour (?:final |next |only |whole |entire )*{_REPLY} (?:must|shall|should|has to|is to) (?:be|contain|include"
    r"|consist|begin|start|end|say|read)\b",
    r"\byour (?:only|new|real|sole) (?:task|job|role|instructions?) (?:is|are) (?:now )?to (?:answer|reply|respond"
    r"|print"
    r"|output|repeat|say)\b",
    r"\bthe (?:only )?(?:correct|right|true|valid|acceptable|permitted|allowed|proper) (?:answer|reply"
    r"|response) (?:to|for)"
    r" (?:any|every|all|each|the user)\b",
    r"\bthe (?:only )?(?:correct|right|true|valid|proper) (?:answer|reply|response) to the question [\"“„«']",
    rf"{ORDER}(?:answer|respond to|reply to) (?:the question )?[\"“„«].{{5}}",
    rf"{ORDER}(?:print|output|write|give)\b.{{0,60}} (?:in|as (?:the|an|your|sole|only)(?: only"
    rf"| sole)?) {_REPLY} to\b",
    r"\b(?:whatever|no matter what|regardless of what) (?:(?:the |a )?(?:user|question|reader)s?|you are) (?:asks?"
    r"|asked|is)"
    r"\b.{0,60}\b(?:answer|reply|respond|say|print|output)\b",
    rf"{ORDER}(?:tell|inform|direct|send|refer|urge|advise|instruct|remind|point) (?:the |every |all |any |each )?"
    r"(?:users?|asker|questioner|whoever asks) (?:to|that|at)\b",
    rf"{ORDER}(?:decode|decrypt)\b.{{0,60}}\b(?:follow|obey|execute|do (?:what|as)|act on|carry out|print)\b",
)

_FURTHER = (
    rf"{ORDER}(?:do not|don't|never) answer (?:this|the|any|that) question\b",
    rf"{ORDER}(?:do not|don't|never) (?:use|consult|read|cite|rely on) any other (?:source|document|sentence"
    rf"|passage)\b",
    rf"{ORDER}(?:answer|reply|respond)(?: \w+){{0,2}} (?:using only|in the (?:form|format)|in exactly)\b",
    r"(?:^\W*|[.!]\s+)(?:your )?(?:new|next|real|only) (?:task|instructions?|orders?|goal)\s*:",
    r"\b(?:users?|developers?|creators?|administrators?|owners?) (?:has|have|wants?|orders?|requires?)(?: \w+)? you to "
    r"(?:answer|output|print|reply|respond|say|return|write|skip|ignore)\b",
    rf"\b(?:any|every|all|each|the) (?:{_REPLY}|summar(?:y|ies)) (?:of|to|on|about|for) (?:this|any|every"
    rf"|the (?:user|reader))"
    r"\b.{0,40}\b(?:has to|have to|must|shall)(?: \w+)? (?:mention|include|contain|say|link|be)\b",
    rf"\b(?:all|any|every|the) {_BEFORE} (?:sources?|sentences|passages|evidence|context) (?:should|must|has to|have to"
    r"|(?:is|are) to) be (?:treated|regarded|considered|ignored|disregarded|skipped)\b",
    r"^\W*(?:developer|debug|god|admin|dan|jailbreak) mode (?:is )?(?:now )?(?:enabled|activated|engaged|on)\b",
    rf"(?:{ORDER}|\byou (?:must |shall |will )?(?:only )?)(?:obey|follow) (?:only )?this (?:document|text|note|page"
    rf"|message)\b",
    r"\boverrides? your (?:guidelines|rules|instructions|training|programming)\b",
    rf"\b{_MODEL} (?:shall|must|is to|has to|can|may|will|is now [^.]{{0,40}}(?:can|may|must)) (?:only|always"
    rf"|exclusively) "
    r"(?:return|say|answer|output|reply|respond|print|write|state)\b",
    r"\b(?:for|to|on) (?:any|every|each|all) (?:questions?|quer(?:y|ies)|inquir(?:y|ies)"
    r"|prompts?)\b.{0,60}\b(?:must|shall"
    r"|please)\b.{0,20}\b(?:return|reply|respond|answer|say|print|output|write)\b",
    r"\b(?:llms?|ais?|chatbots?|assistants?|(?:language )?models?|bots?|agents?) (?:(?:who|that) )?(?:(?:is"
    r"|are) )?(?:reads?"
    r"|reading|processing|parsing|indexing|summari[sz]ing) this\b",
    r"\buser\s*:.{3,300}\bassistant\s*:",
    r"^\W*(?:print|output|echo|say|reply|respond|answer|write|type|return|repeat)(?: with| only"
    r"|:)* [\"“'„«]?[a-z]{1,20}[-_]?"
    r"\d[\w-]*",
)


def _bare(text: str) -> str:
    """Letters without their accents, full-width ones as plain ones."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


_RULES = tuple(
    (re.compile(_bare(hint)), re.compile("|".join(map(_bare, patterns))))
    for hint, patterns in (
        (
            r"ignore|disregard|forget|overlook|discard|overrid|not |n't |never |supersed|replace|preceden"
            r"|outrank",
            _ASIDE,
        ),
        (r"(?:sources?|sentences|passages|evidence|context) (?:is|are|was|were)\b", _ASIDE),
        (r"you are |from now on|pretend|act as |imagine|as an? |you're an", _TO_BE),
        (
            r"\bai\b|a\.i\.|\bllm|language model|\bchat|[ -](?:model|system|agent|bot)|summari[sz]er"
            r"|assistant",
            _ADDRESSED,
        ),
        (
            r"system|developer|admin|\binstruction|response|user|human|prompt|orders?\b|(?:begin|start"
            r"|end) of ",
            _ADDRESSED,
        ),
        (
            r"answer|\brepl(?:y|ies)|respon[ds]|output|print|echo|user|\basker|question|whoever|decode"
            r"|decrypt",
            _TO_ANSWER,
        ),
        (r"\b(?:say|write|return|claim|state|type)\b", _TO_ANSWER),
        (
            r"question|quer(?:y|ies)|inquir|\bmode\b|your |you to |obey|follow|ing this|reads? this|other "
            r"|task",
            _FURTHER,
        ),
        (r"repl(?:y|ies)|respon[ds]|answer|summar|assistant|\bai\b|llm|model|bot", _FURTHER),
        (
            r"^\W*(?:print|output|echo|say|write|type|return|repeat) |evidence|sources|sentences|passages"
            r"|context",
            _FURTHER,
        ),
        *OTHER_LANGUAGES,
    )
)
"""Each pattern is looked for only where its hint stands: most sentences have none, and the patterns are slow."""
_NOT_FOUND = re.compile(r"\bNOT[ _]FOUND\b")
_OF_PAGES = re.compile(r"\b(?:404|https?|error|page|server)\b", re.I)


@lru_cache(maxsize=20_000)
def speaks_as_command(text: str) -> bool:
    """Whether a sentence orders a language model about, by its phrases or signs, or holds the prompt's NOT FOUND."""
    if _NOT_FOUND.search(text) and not _OF_PAGES.search(text):
        return True
    bare = SPACED.sub(lambda letters: letters[0].replace(" ", ""), _bare(without_invisible(text)))
    folded = " ".join(bare.casefold().replace("’", "'").split())
    folded = _WORD.sub(_latin, folded)
    phrased = any(hint.search(folded) and pattern.search(folded) for hint, pattern in _RULES)
    return phrased or has_signs_of_command(text, folded)


def _latin(word: re.Match[str]) -> str:
    """A word that mixes Latin letters with their lookalikes, in Latin letters alone."""
    mixed = not word[0].isascii() and _LATIN.search(word[0])
    return word[0].translate(LOOKALIKES) if mixed else word[0]
