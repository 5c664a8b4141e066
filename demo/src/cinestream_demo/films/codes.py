"""Codes of the countries and languages in the data set.

ISO 3166 and ISO 639, and IMDb's own codes for states that no longer exist.
"""

from __future__ import annotations

COUNTRIES = {
    "Afghanistan": "AF", "Algeria": "DZ", "Argentina": "AR", "Armenia": "AM", "Australia": "AU", "Austria": "AT",
    "Bangladesh": "BD", "Belarus": "BY", "Belgium": "BE", "Bolivia": "BO", "Bosnia and Herzegovina": "BA",
    "Botswana": "BW", "Brazil": "BR", "British Hong Kong": "HK", "Bulgaria": "BG", "Burkina Faso": "BF",
    "Cambodia": "KH", "Cameroon": "CM", "Canada": "CA", "Chad": "TD", "Chile": "CL", "Colombia": "CO",
    "Croatia": "HR", "Cuba": "CU", "Czech Republic": "CZ", "Czechoslovakia": "CSHH",
    "Democratic Republic of the Congo": "CD", "Denmark": "DK", "Dominican Republic": "DO", "Ecuador": "EC",
    "Egypt": "EG", "Estonia": "EE", "Ethiopia": "ET", "Finland": "FI", "France": "FR", "Georgia": "GE",
    "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Hungary": "HU", "Iceland": "IS", "India": "IN",
    "Indonesia": "ID", "Iran": "IR", "Iraq": "IQ", "Ireland": "IE", "Israel": "IL", "Italy": "IT",
    "Ivory Coast": "CI", "Jamaica": "JM", "Japan": "JP", "Jordan": "JO", "Kazakhstan": "KZ", "Kenya": "KE",
    "Kingdom of Italy": "IT", "Kingdom of the Netherlands": "NL", "Latvia": "LV", "Lebanon": "LB",
    "Liechtenstein": "LI", "Lithuania": "LT", "Luxembourg": "LU", "Malaysia": "MY", "Mali": "ML", "Malta": "MT",
    "Mexico": "MX", "Monaco": "MC", "Mongolia": "MN", "Morocco": "MA", "Netherlands": "NL", "New Zealand": "NZ",
    "Nigeria": "NG", "North Macedonia": "MK", "Norway": "NO", "Pakistan": "PK", "Palestine": "PS", "Panama": "PA",
    "Paraguay": "PY", "People's Republic of China": "CN", "Peru": "PE", "Philippines": "PH", "Poland": "PL",
    "Portugal": "PT", "Qatar": "QA", "Republic of China": "TW", "Romania": "RO", "Russia": "RU", "Rwanda": "RW",
    "Senegal": "SN", "Serbia": "RS", "Singapore": "SG", "Slovakia": "SK", "Slovenia": "SI", "South Africa": "ZA",
    "South Korea": "KR", "Soviet Union": "SUHH", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Taiwan": "TW",
    "Thailand": "TH", "The Bahamas": "BS", "Tunisia": "TN", "Turkey": "TR", "Ukraine": "UA",
    "United Arab Emirates": "AE", "United Kingdom": "GB", "United States": "US", "Uruguay": "UY", "Venezuela": "VE",
    "Vietnam": "VN", "West Germany": "XWG", "Yugoslavia": "XYU",
}  # fmt: skip

LANGUAGES = {
    "Afrikaans": "af", "Albanian": "sq", "American English": "en", "Amharic": "am", "Arabic": "ar",
    "Armenian": "hy", "Bambara": "bm", "Bangla": "bn", "Belarusian": "be", "Bosnian": "bs",
    "Brazilian Portuguese": "pt", "Bulgarian": "bg", "Cantonese": "yue", "Catalan": "ca", "Chechen": "ce",
    "Chinese": "zh", "Croatian": "hr", "Czech": "cs", "Danish": "da", "Dari": "prs", "Dutch": "nl",
    "Egyptian Arabic": "arz", "English": "en", "Estonian": "et", "Filipino": "fil", "Finnish": "fi",
    "French": "fr", "Galician": "gl", "Georgian": "ka", "German": "de", "Greek": "el", "Gujarati": "gu",
    "Hebrew": "he", "Hindi": "hi", "Hungarian": "hu", "Icelandic": "is", "Indonesian": "id", "Inuktitut": "iu",
    "Irish": "ga", "Italian": "it", "Japanese": "ja", "Kazakh": "kk", "Khmer": "km", "Kinyarwanda": "rw",
    "Klingon": "tlh", "Korean": "ko", "Kurdish language": "ku", "Lao": "lo", "Latin": "la", "Lingala": "ln",
    "Lithuanian": "lt", "Macedonian": "mk", "Malay": "ms", "Malayalam": "ml", "Mandarin": "cmn", "Marathi": "mr",
    "Modern Greek": "el", "Mongolian": "mn", "Māori": "mi", "Neapolitan language": "nap", "Norwegian": "no",
    "Pashto": "ps", "Persian": "fa", "Polish": "pl", "Portuguese": "pt", "Punjabi": "pa", "Putonghua": "cmn",
    "Quechua": "qu", "Romani": "rom", "Romanian": "ro", "Russian": "ru", "Serbian": "sr", "Serbo-Croatian": "sh",
    "Sicilian": "scn", "Slovak": "sk", "Somali": "so", "Spanish": "es", "Standard Chinese": "cmn",
    "Standard Taiwanese Mandarin": "cmn", "Swahili": "sw", "Swedish": "sv", "Swiss German": "gsw",
    "Tagalog": "tl", "Tamil": "ta", "Thai": "th", "Tibetan": "bo", "Turkish": "tr", "Ukrainian": "uk",
    "Urdu": "ur", "Vietnamese": "vi", "Wolof": "wo", "Xhosa": "xh", "Yiddish": "yi", "Yue Chinese": "yue",
    "Zulu": "zu",
}  # fmt: skip


def country_name(code: str) -> str:
    """Return the first name that the data set has for a country code, or the code itself."""
    return _COUNTRY_NAMES.get(code, code)


def language_name(code: str) -> str:
    """Return the first name that the data set has for a language code, or the code itself."""
    return _LANGUAGE_NAMES.get(code, code)


_COUNTRY_NAMES = {code: name for name, code in reversed(COUNTRIES.items())} | {"CN": "China", "HK": "Hong Kong"}
_LANGUAGE_NAMES = {code: name for name, code in reversed(LANGUAGES.items())} | {"en": "English", "cmn": "Mandarin"}
