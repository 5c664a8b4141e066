"""The codes of countries and languages. Pages of 2010 name both in English, and later pages give codes.

Countries have ISO 3166-1 alpha-2 codes, and former countries alpha-4 codes (ISO 3166-3). Languages have ISO 639 codes.
Both are as IMDb uses them.
"""

_COUNTRIES = """
AR Argentina|AU Australia|AT Austria|BE Belgium|BO Bolivia|BA Bosnia and Herzegovina|BR Brazil|BG Bulgaria|CA Canada
CL Chile|CN China|CO Colombia|HR Croatia|CU Cuba|CZ Czech Republic|CSHH Czechoslovakia|DK Denmark|DDDE East Germany
EG Egypt|EE Estonia|FI Finland|FR France|GE Georgia|DE Germany|GR Greece|HK Hong Kong|HU Hungary|IS Iceland|IN India
ID Indonesia|IR Iran|IQ Iraq|IE Ireland|IL Israel|IT Italy|JP Japan|JO Jordan|KZ Kazakhstan|KE Kenya|LV Latvia
LB Lebanon|LT Lithuania|LU Luxembourg|MY Malaysia|MX Mexico|MA Morocco|NP Nepal|NL Netherlands|NZ New Zealand
NG Nigeria|NO Norway|PK Pakistan|PE Peru|PH Philippines|PL Poland|PT Portugal|PR Puerto Rico|RO Romania|RU Russia
RS Serbia|SG Singapore|SK Slovakia|SI Slovenia|ZA South Africa|KR South Korea|SUHH Soviet Union|ES Spain|LK Sri Lanka
SE Sweden|CH Switzerland|TW Taiwan|TH Thailand|TN Tunisia|TR Turkey|GB UK|US USA|UA Ukraine|AE United Arab Emirates
GB United Kingdom|US United States|UY Uruguay|VE Venezuela|VN Vietnam|XWG West Germany|YUCS Yugoslavia
"""
_LANGUAGES = """
af Afrikaans|sq Albanian|ase American Sign Language|ar Arabic|hy Armenian|eu Basque|bn Bengali|bs Bosnian|bg Bulgarian
yue Cantonese|ca Catalan|zh Chinese|hr Croatian|cs Czech|da Danish|nl Dutch|en English|et Estonian|fi Finnish|fr French
gl Galician|ka Georgian|de German|el Greek|gu Gujarati|he Hebrew|hi Hindi|hu Hungarian|is Icelandic|id Indonesian
ga Irish|it Italian|ja Japanese|kn Kannada|ko Korean|la Latin|lv Latvian|lt Lithuanian|mk Macedonian|ms Malay
ml Malayalam|cmn Mandarin|mr Marathi|zxx None|no Norwegian|fa Persian|pl Polish|pt Portuguese|pa Punjabi|ro Romanian
ru Russian|sa Sanskrit|gd Scottish Gaelic|sr Serbian|sh Serbo-Croatian|sk Slovak|sl Slovenian|es Spanish|sv Swedish
tl Tagalog|ta Tamil|te Telugu|th Thai|bo Tibetan|tr Turkish|uk Ukrainian|ur Urdu|vi Vietnamese|cy Welsh|yi Yiddish
"""


def _by_name(table: str) -> dict[str, str]:
    rows = (row.partition(" ") for line in table.split("\n") for row in line.split("|") if row)
    return {name: code for code, _, name in rows}


_COUNTRY, _LANGUAGE = _by_name(_COUNTRIES), _by_name(_LANGUAGES)


def country(name: str) -> str:
    """Return the code of a country, or its name if the code is not known."""
    return _COUNTRY.get(name, name)


def language(name: str) -> str:
    """Return the code of a language, or its name if the code is not known."""
    return _LANGUAGE.get(name, name)
