"""What others say to our user (the command line, the settings, the shared parts, the verifier), in French.

By its English, in which `{name}` stands for a value; one that is called `why` is such a text itself. The first that
fits is taken.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

OTHERS: Mapping[str, str] = {
    # typer
    "Invalid value for {name}: {why}": "Valeur invalide pour {name} : {why}",
    "Value error, {why}": "{why}",
    "Missing argument {name}. Choose from:\n{choices}": "Argument manquant : {name}, un de :\n{choices}",
    "Missing argument {name}.": "Argument manquant : {name}.",
    "Missing option {name}.": "Option manquante : {name}.",
    "Missing command.": "Commande manquante.",
    "No such command {name}. Did you mean {others}?": "Il n'y a pas de commande {name}. Vouliez-vous dire {others} ?",
    "No such command {name}.": "Il n'y a pas de commande {name}.",
    "No such option: {name} (Possible options: {others})": (
        "Il n'y a pas d'option {name} (options possibles : {others})"
    ),
    "No such option: {name}": "Il n'y a pas d'option {name}",
    "Got unexpected extra argument(s) ({names})": "Arguments en trop : {names}",
    "Option {name} does not take a value.": "L'option {name} ne prend pas de valeur.",
    "Option {name} requires an argument.": "L'option {name} demande une valeur.",
    "{value} is not one of {others}.": "{value} n'est pas parmi {others}.",
    "{value} does not match the formats {formats}.": "{value} n'a pas la forme {formats}.",
    "file {path} does not exist.": "le fichier {path} n'existe pas.",
    "dir {path} does not exist.": "le dossier {path} n'existe pas.",
    "file {path} is a directory.": "{path} est un dossier.",
    "dir {path} is a file.": "{path} est un fichier.",
    "{kind} {path} is not readable.": "{path} est illisible.",
    # cron expressions
    "Wrong number of fields": "nombre de champs",
    "Bad {field}": "champ {field}",
    # settings
    "{name}: there is no such setting": "{name} : ce réglage n'existe pas",
    "{name}: there is no file {path}": "{name} : il n'y a pas de fichier {path}",
    "settings: {error}": "réglages illisibles : {error}",
    "{why} (got {value})": "{why} (et non {value})",
    "Extra inputs are not permitted": "ce réglage n'existe pas",
    "Field required": "il manque",
    "Input should be a valid integer, unable to parse string as an integer": "un nombre entier est attendu",
    "Input should be a valid number, unable to parse string as a number": "un nombre est attendu",
    "Input should be a valid boolean, unable to interpret input": "true ou false est attendu",
    "Input should be a valid dictionary or instance of {name}": "une section est attendue",
    "Input should be a valid frozenset": "une liste est attendue",
    "Input should be a valid {type}": "une valeur de type {type} est attendue",
    "Input should be greater than or equal to {number}": "au moins {number} est attendu",
    "Input should be greater than {number}": "plus que {number} est attendu",
    "Input should be less than or equal to {number}": "au plus {number} est attendu",
    "Input should be {others} or {last}": "{others} ou {last} est attendu",
    "Input should be {value}": "{value} est attendu",
    "String should match pattern {pattern}": "la forme {pattern} est attendue",
    "encryption needs encryption_key: make one by 'cinestream-trakt cache key'": (
        "encryption demande encryption_key : « cinestream-trakt cache key » en fait une"
    ),
    "keep is shorter than ttl": "keep est plus court que ttl",
    # checkpoints, memory, circuit, workers, batches, NATS, ports
    "{path} belongs to {others}, not to {ours}": "{path} appartient à {others}, pas à {ours}",
    "{path} has version {other}, this program writes {ours}": (
        "{path} est de la version {other}, ce programme écrit la version {ours}"
    ),
    "{path} is in use by another process": "{path} est utilisé par un autre processus",
    "step {name} in {path} is damaged ({error})": "l'étape {name} de {path} est endommagée ({error})",
    "{path} is damaged ({error})": "{path} est endommagé ({error})",
    "{taken} bytes are taken with nothing in hand, {limit} are allowed": (
        "{taken} octets sont pris alors que rien n'est en cours, {limit} sont permis"
    ),
    "{name} failed {count} times in a row": "{name} a échoué {count} fois de suite",
    "{size} workers are busy and {count} jobs wait: ask for less at once": (
        "{size} workers sont occupés et {count} tâches attendent : demandez-en moins à la fois"
    ),
    "a request took longer than {seconds} s": "une requête a pris plus de {seconds} s",
    "{name} failed: {why}": "échec de {name} : {why}",
    "NATS at {url} cannot be reached{who} ({error}): start it (make run, or docker compose up), or set {names}": (
        "NATS est injoignable à {url}{who} ({error}) : démarrez-le (make run, ou docker compose up), ou réglez {names}"
    ),
    "{subject}: no answer from NATS ({error})": "{subject} : pas de réponse de NATS ({error})",
    "port {port} on {host} is taken: set {setting} to another one": (
        "le port {port} de {host} est pris : donnez-en un autre à {setting}"
    ),
    "port {port} on {host} cannot be used ({error}): set {setting} to another one": (
        "le port {port} de {host} est inutilisable ({error}) : donnez-en un autre à {setting}"
    ),
    # verify
    "{folder}: no import files": "{folder} : aucun fichier d'import",
    "{name}: parts are missing, there are {numbers}": "{name} : il manque des parties, il y a {numbers}",
    "row {number}: {why}": "ligne {number} : {why}",
    "{count} bytes are more than 1 MB": "{count} octets font plus de 1 Mo",
    "not UTF-8: byte {number}": "pas de l'UTF-8 : octet {number}",
    "not a header of Letterboxd: {header}": "pas un en-tête de Letterboxd : {header}",
    "line {number}: a quote inside of a field that is not escaped": (
        "ligne {number} : un guillemet non échappé dans un champ"
    ),
    "line {number}: the file ends inside of a record": "ligne {number} : le fichier finit au milieu d'une ligne",
    "{count} fields instead of {expected}": "{count} champs au lieu de {expected}",
    "there is no day {day}": "il n'y a pas de jour {day}",
    "names no series": "ne nomme aucune série",
    "names no film": "ne nomme aucun film",
    "Rewatch without WatchedDate": "Rewatch sans WatchedDate",
    "{film} is there twice": "{film} y est deux fois",
    # health
    "at": "le",
    "uptime_seconds": "en marche (s)",
    "requests": "requêtes",
    "errors": "erreurs",
    "requests_per_second": "requêtes par seconde",
    "last_error": "dernière erreur",
    "endpoint": "adresse",
    "reason": "raison",
    "endpoints": "adresses",
    "mean_ms": "moyenne (ms)",
    "breaker": "disjoncteur",
    "closed": "fermé",
    "open": "ouvert",
    "half-open": "à l'essai",
    "pool": "workers",
    "size": "nombre",
    "busy": "occupés",
    "queued": "en attente",
    "rejected": "refusées",
    "limiter": "limiteur",
    "waits": "attentes",
    "waited_seconds": "attendu (s)",
    "paused_for_seconds": "encore en pause (s)",
    "cpu_seconds": "processeur (s)",
    "memory_bytes": "mémoire (octets)",
    "hits": "trouvées",
    "confirmed": "confirmées",
    "stale": "périmées",
    "misses": "absentes",
    "evictions": "évincées",
    "ratio": "taux",
    "answers": "réponses",
    "bytes": "octets",
    # how far an operation is
    "page {number} of {path}": "page {number} de {path}",
    # what is left: where it is, and what
    "{name}: {why}": "{name} : {why}",
    "{column} is {value}": "{column} est {value}",
}
_FIELD = re.compile(r"\\{(\w+)\\}")


def in_french(text: str) -> str:
    """A text of others in French; as it is when it is not known."""
    for pattern, french in _patterns():
        if match := pattern.fullmatch(text):
            values = match.groupdict()
            return french.format(**{k: in_french(v) if k == "why" else v for k, v in values.items()})
    return text


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(english), french) for english, french in OTHERS.items()]


def _pattern(english: str) -> re.Pattern[str]:
    """What is French already has a blank before its colons: nothing called `name` ends in one."""
    fields = _FIELD.sub(r"(?P<\1>.*?)", re.escape(english)).replace("(?P<name>.*?)", r"(?P<name>.*?)(?<!\s)")
    return re.compile(fields, re.DOTALL)
