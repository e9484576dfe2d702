"""What lines of a page are no report: navigation, captions, pitches, counters, links to other texts, what readers wrote.

Rules are few and for all languages at once, since pages mix them. Lines are given as their shadow: lower case, plain spaces and apostrophes.
"""

from __future__ import annotations

import re

_LINE_NOISE = re.compile(
    r"^\W*(?:views?: ?\d|просмотров|тираж|circulation:? ?\d|see also|read (?:also|more|next|on|equally|too)\b|also (?:read|to read)|more on|related(?: \w+)?:?|you (?:may|might) also|more (?:from|in) (?:this|our|the)|also in the news|recommended|most (?:read|popular|viewed)|trending|was this (?:page|article)|watch:|video:|listen:|"
    r"photos?:|image:|photo by|caption:|advertisement|advert|sponsored|promoted|share (?:this|on)|follow us|subscribe|sign (?:up|in)|log ?in|already a member|"
    r"join (?:our|us|the)|newsletter|get (?:the best|our|unlimited)|click here|copyright|©|all rights reserved|cookie|we use cookies|comments?(?: \(\d+\))?$|"
    r"leave a (?:reply|comment)|your email|tags?:|filed under|support (?:our|us)|donate|become a|for as little as|thank you,?$|you have \d+ (?:free )?articles?|"
    r"you are a professional|editor'?s note|contact(?: us)?:|hotline|toll[- ]free|help ?line|emergency (?:number|line|phone)|(?:news|article|story|post) id\b|(?:next|previous) (?:news|story|post|article)\b|admin:|back to top|home$|menu$|skip to|next article|previous article|"
    r"читайте (?:также|еще|по теме)|еще по теме|другие новости|просмотры|читать (?:далее|также)|смотрите также|по теме|подпис|поделиться|реклама|фото:|видео:|комментарии|оставить комментарий|"
    r"(?:еще|также) на сайте|еще новости|(?:следующая|предыдущая) новость|ключ\w* слов|теги\b|метки\b|прочитали\b|прочитано\b|прочтений|просм\.|"
    r"вход|регистрация|главная|новости партнеров|материалы по теме|ранее по теме|популярное|самое читаемое|телефон|наш (?:чат|канал)|©|источник фото)"
)
_COUNTERS = re.compile(
    r"(?:[^\w\s.,:;()%+*/#$€£–—-]{1,3}\s*\d[\d .,km]*\s*)+$|(?:(?:share|tweet|print|whatsapp|facebook|telegram|twitter|viber|e-?mail|comments?|likes?|views?|поделиться|твит|класс)\b|\W|\d)+$|"
    r"(?:[^\d|:•·»]{2,30}(?:::|\||•|·|»)\s*)+[^\d|:•·»]{2,30}\(\d[\d .,]*\)\s*$"
)
"""A line of nothing but counts of readers and buttons to share, or a menu with a count: '💬 12 🔁 86', 'Share Tweet (215)', 'News :: Cars (1 204)'."""
_SHARES = re.compile(r"[^\W\d_]|[^\x00-\x7f]")
_ANYWHERE_NOISE = re.compile(
    r"subscribe (?:to|for|now)|free articles? left|our (?:newsletter|readers|subscribers|correspondents in your)|"
    r"in your inbox|required fields are marked|cookies? policy|ad-?free|exclusive content|we are \d+\w* members|keep this channel|"
    r"(?:readers|subscribers|followers) already|подпишитесь|подписывайтесь|участников чата|посетителей сегодня|реклама от|"
    r"просмотров: ?\d|\d просмотр(?:а|ов)?\b|\d views\b|\bread in \d+ min|\d+[- ]min(?:ute)?s? read\b|комментариев: ?\d|comments? \(\d|на нас подписан"
)
_PRICE = re.compile(r"\$ ?\d+ (?:a|per) (?:month|year|week)")
_CREDIT = re.compile(
    r"\((?:[^()]{0,60}/ ?)?(?:afp|reuters|ap|ap photo|epa|epa-efe|getty(?: images)?|tass|тасс|риа новости|ria novosti|photo|фото[^()]{0,40}|courtesy[^()]{0,40}|file|archive)[^()]{0,30}\)\s*$"
)
_AGENCY = re.compile(r"/ ?(?:afp|reuters|ap|epa|getty images|тасс)\s*$")
_FILED = re.compile(r"\[(?:file|photo|[^\[\]]{2,40}/)[^\[\]]{0,40}\]\s*$|\b(?:reuters|afp|ap|epa)/[^\s./]{2,30}\s*$")
"""A caption that ends with where the picture is kept."""
_LONE = re.compile(r"[-–—•*] *\d[\d,. ]*$")
"""A bullet that is nothing but a number: a count of readers or of clicks."""
_CREDITED = re.compile(r"[.!?»\"”] (?:photos?|picture|image|фото)\b ?[:/-] ?[^!?]{0,60}$")
"""A caption that ends with who took the picture."""
_LINKS = (
    r"see also|read (?:also|more|next|equally|too)|also (?:read|to read)|also in .{1,20}|more (?:on|from|in)\b.{0,30}|related(?: \w+)?|you (?:may|might) also.{0,12}|"
    r"most (?:read|popular|viewed)(?: .{1,20})?|trending(?: now)?|top stories|latest (?:news|stories)|son dakika|in this (?:issue|section)|"
    r"читайте (?:также|еще)|еще по теме|по теме|новости по теме|другие новости|(?:еще|также) на сайте|популярное|самое читаемое(?: .{1,20})?|смотрите также|"
    r"материалы по теме|ранее по теме|в номере|главные новости|последние новости|"
    r"(?:à )?lire aussi|sur le m[eê]me sujet|le[ae] tambi[eé]n|lee tambi[eé]n|m[aá]s le[ií]d[ao]s|leia tamb[eé]m|veja tamb[eé]m|leggi anche|lesen sie auch|mehr zum thema|"
    r"cite[sș][tț]e [sș]i|czytaj (?:tak[zż]e|te[zż])|zobacz te[zż]|pro[cč]itajte (?:i|jo[sš])|povezan[ei] vij?esti|ilgili haberler|di[gğ]er haberler|"
    r"читайте також|ще за темою|habari zinazohusiana|আরও পড়ুন"
)
"""What stands above links to other texts, in the languages that pages mix."""
_ALSO = re.compile(rf"^\W*(?:{_LINKS})\W*$")
"""A heading above headlines of other texts."""
_LINKED = re.compile(rf"^\W*(?:{_LINKS}) ?:|^(?:<<|>>|[>▸►◄←])\s+\S.*[^.:;]$")
"""A link with its heading, or behind an arrow."""
_READERS = r"comments?|комментари(?:и|ев)|коментарі|commentaires|comentarios|coment[aá]rios|kommentare|komentarze|komentari|yorumlar|maoni"
_COMMENTS = re.compile(
    rf"^\W*(?:(?:\d+ )?(?:{_READERS})(?: ?\(\d+\)|:? ?[1-9]\d*)?|leave a (?:reply|comment)|reader'?s? letters?\b.{{0,200}}|letters to the editor)\W*$"
)
"""A heading above what readers wrote."""
_COUNTED = (
    r"hits|views?|reads?|shares?|retweets?|likes?|vues|partages|vistas|lecturas|visitas|visualizac\w+|visualizzazioni|okunma|citiri|distribuiri|wy[sś]wietle\w+|"
    r"прочтен\w+|просмотр\w*|прочитал\w*|прочитано|переглядів|репост\w*|лайк\w*|digg|del\.icio\.us"
)
_COUNTER = re.compile(rf"(?:^|[\W\d])(?:(?:{_COUNTED})\b ?[:(]? ?\d|\d[\d .,]*k? (?:{_COUNTED})\b)|[👁👀💬❤👍👎🔁🗨] ?\d")
"""How often a page was read, in a line that says little else."""
_ENDS = re.compile(
    rf"^\W*(?:tags?\b|keywords?\b|filed under|метки\b|теги\b|ключ\w* слов|©|\(c\) |copyright|all rights reserved|(?:next|previous) (?:story|article|post|page)\b|newer:|older:|"
    rf"(?:предыдущая|следующая)(?: новость)?:|rate this|оцените (?:материал|новость|статью)|was this (?:page|article)|(?:{_READERS})\b ?[(:]? ?[1-9]\d{{0,5}}\)?$)"
)
"""A line that ends a page: what stands below it is of others."""
_WORDS_OF_QUESTION = 12
_HEADLINE = 120
"""Headlines are no longer."""
_CAPTION = re.compile(r"^\W*(?:photo|picture|in this (?:photo|image|picture)|фото|на фото|file photo)\b.{0,300}$")
SEARCHED = {"noise": _ANYWHERE_NOISE.pattern}
"""Patterns that are searched in paragraphs, by name."""
_DIGIT = re.compile(r"\d")
_SHORT, _HEADING = 120, 50


def is_noise(line: str, disturbed: bool = True) -> bool:
    """Whether a paragraph (as its shadow) is not part of the report; `disturbed`: whether it may hold words of SEARCHED."""
    if _LINE_NOISE.match(line[:200]) or (disturbed and _ANYWHERE_NOISE.search(line[:600])) or ("$" in line and _PRICE.search(line[:600])):
        return True
    if (
        len(line) < _SHORT
        and _DIGIT.search(line)
        and ((_SHARES.search(line) and _COUNTERS.match(line)) or (line[-1] not in ".!?" and _COUNTER.search(line)))
    ):
        return True
    if len(line) < 2 * _SHORT and (_LINKED.match(line) or (len(line) < _HEADING and _ALSO.match(line))):
        return True
    return len(line) < 700 and bool(
        _CAPTION.match(line)
        or _LONE.match(line)
        or _FILED.search(line, max(0, len(line) - 90))
        or (len(line) < 300 and _CREDITED.search(line))
        or ("(" in line and _CREDIT.search(line))
        or ("/" in line and _AGENCY.search(line))
    )


def heads_links(line: str) -> bool:
    """Whether a line stands above headlines of other texts."""
    return _ALSO.match(line) is not None


def is_headline(line: str) -> bool:
    """Whether a line below such a heading may be a headline."""
    return len(line) <= _HEADLINE and (line[-1] not in ".!?" or (line[-1] == "?" and line.count(" ") <= _WORDS_OF_QUESTION))


def heads_comments(line: str) -> bool:
    """Whether a line stands above what readers wrote."""
    return _COMMENTS.match(line) is not None


def ends_page(line: str) -> bool:
    """Whether a page ends with a line, if it stands late enough: tags, a copyright, links to the next text."""
    return _ENDS.match(line[:_SHORT]) is not None


def before_pitch(line: str) -> int:
    """How much of a paragraph is a report that only ends in a pitch: 'Ворота закрыты. Подписывайтесь!'"""
    found = _ANYWHERE_NOISE.search(line[:600])
    stop = max((m.end() for m in _STOP.finditer(line, 0, found.start() + 1)), default=0) if found else 0
    return stop if stop > 80 and not is_noise(line[:stop]) else 0


_STOP = re.compile(r"[.!?]\s+(?=\S)")
