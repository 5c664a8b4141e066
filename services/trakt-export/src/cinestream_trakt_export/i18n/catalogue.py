"""What the exporter says to its user, in every language that it speaks. Data."""

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """A message in both languages; `{name}` stands for a value."""

    en: str
    fr: str


MESSAGES: Mapping[str, Text] = {
    "aborted": Text("Aborted.", "Abandonné."),
    "login.open": Text("Open {url} and type in {code}", "Ouvrez {url} et saisissez {code}"),
    "login.done": Text("Logged in as {slug}.", "Connecté en tant que {slug}."),
    "logout.done": Text("Logged out.", "Déconnecté."),
    "logout.nobody": Text("Nobody was logged in.", "Personne n'était connecté."),
    "login.nobody": Text(
        "nobody is logged in: run 'cinestream-trakt login'",
        "personne n'est connecté : lancez « cinestream-trakt login »",
    ),
    "login.unreadable": Text(
        "{path} cannot be read: run 'cinestream-trakt login'",
        "{path} est illisible : lancez « cinestream-trakt login »",
    ),
    "login.invalid": Text(
        "the login is not valid (any more): run 'cinestream-trakt login'",
        "la connexion n'est pas (ou plus) valable : lancez « cinestream-trakt login »",
    ),
    "login.ended": Text(
        "Trakt no longer accepts the login: run 'cinestream-trakt login'",
        "Trakt n'accepte plus la connexion : lancez « cinestream-trakt login »",
    ),
    "login.keyring": Text(
        "the keyring cannot be used ({error}): unlock it, or set login.keyring to false",
        "le trousseau est inutilisable ({error}) : déverrouillez-le, ou mettez login.keyring à false",
    ),
    "login.no_code": Text(
        "Trakt gives no code (status {status}): check api.client_id",
        "Trakt ne donne pas de code (statut {status}) : vérifiez api.client_id",
    ),
    "login.refused": Text(
        "Trakt refuses the login (status {status}): check api.client_secret",
        "Trakt refuse la connexion (statut {status}) : vérifiez api.client_secret",
    ),
    "device.404": Text("Trakt does not know this code", "Trakt ne connaît pas ce code"),
    "device.409": Text("this code was already used", "ce code a déjà été utilisé"),
    "device.410": Text(
        "the code has expired: run 'cinestream-trakt login' again",
        "le code a expiré : relancez « cinestream-trakt login »",
    ),
    "device.418": Text("you refused the login", "vous avez refusé la connexion"),
    "status.400": Text("Trakt did not understand the request", "Trakt n'a pas compris la requête"),
    "status.403": Text(
        "Trakt refuses this application: check api.client_id, and that the application is approved",
        "Trakt refuse cette application : vérifiez api.client_id, et que l'application est approuvée",
    ),
    "status.404": Text("there is nothing at Trakt under this address", "il n'y a rien chez Trakt à cette adresse"),
    "status.405": Text("Trakt does not allow this method here", "Trakt n'autorise pas cette méthode ici"),
    "status.409": Text("Trakt already has this", "Trakt a déjà ceci"),
    "status.412": Text("Trakt wants another content type", "Trakt veut un autre type de contenu"),
    "status.420": Text(
        "this Trakt account has reached its limit of items", "ce compte Trakt a atteint sa limite d'éléments"
    ),
    "status.422": Text("Trakt found the request invalid", "Trakt a jugé la requête invalide"),
    "status.423": Text(
        "this Trakt account is locked: ask Trakt's support",
        "ce compte Trakt est verrouillé : contactez l'aide de Trakt",
    ),
    "status.426": Text("Trakt offers this to VIP members only", "Trakt réserve ceci aux membres VIP"),
    "status.other": Text("Trakt said no", "Trakt a dit non"),
    "status.told": Text("{reason} (status {status})", "{reason} (statut {status})"),
    "fault.status": Text("Trakt answered {status}", "Trakt a répondu {status}"),
    "fault.renewal": Text(
        "Trakt answered {status} to the renewal of the login",
        "Trakt a répondu {status} au renouvellement de la connexion",
    ),
    "fault.rate": Text("Trakt asks for fewer requests", "Trakt demande moins de requêtes"),
    "fault.timeout": Text("Trakt does not answer ({error})", "Trakt ne répond pas ({error})"),
    "fault.network": Text("Trakt cannot be reached ({error})", "Trakt est injoignable ({error})"),
    "fault.certificate": Text(
        "the certificate of {host} is not trusted ({error}): if this is a proxy of your network, have its authority"
        " trusted by the system, or name its file in SSL_CERT_FILE",
        "le certificat de {host} n'est pas digne de confiance ({error}) : si c'est un proxy de votre réseau, faites"
        " approuver son autorité par le système, ou nommez son fichier dans SSL_CERT_FILE",
    ),
    "fault.json": Text("Trakt's answer is not JSON", "la réponse de Trakt n'est pas du JSON"),
    "fault.list": Text("a page of {path} is not a list", "une page de {path} n'est pas une liste"),
    "fault.pages": Text(
        "pagination headers that make no sense: limit {limit}, {pages} pages, {items} items",
        "des en-têtes de pagination absurdes : limite {limit}, {pages} pages, {items} éléments",
    ),
    "fault.map": Text("Trakt's map of plays is not a map", "la liste des visionnages de Trakt n'en est pas une"),
    "fault.map_unreadable": Text(
        "Trakt's map of plays is not readable ({error})", "la liste des visionnages de Trakt est illisible ({error})"
    ),
    "fault.map_cut": Text(
        "Trakt's map of plays is not whole ({error})", "la liste des visionnages de Trakt est incomplète ({error})"
    ),
    "fault.login": Text(
        "Trakt's answer to a login is not readable", "la réponse de Trakt à une connexion est illisible"
    ),
    "setup.client_id": Text(
        "api.client_id is missing: make an application at {url}",
        "api.client_id manque : créez une application sur {url}",
    ),
    "account.unreadable": Text(
        "Trakt's settings of this account are not readable", "les réglages de ce compte chez Trakt sont illisibles"
    ),
    "account.zone": Text(
        "Trakt says the account's time zone is {zone!r}, which is none",
        "Trakt dit que le fuseau horaire du compte est {zone!r}, qui n'en est pas un",
    ),
    "export.short": Text(
        "{path} was not read completely in {attempts} attempts: {reason}",
        "{path} n'a pas été lu entièrement en {attempts} tentatives : {reason}",
    ),
    "export.map": Text(
        "{missing} of Trakt's own map are missing", "il manque {missing} éléments de la liste de Trakt lui-même"
    ),
    "export.count": Text(
        "{have} items were read, Trakt counts {counts}", "{have} éléments ont été lus, Trakt en compte {counts}"
    ),
    "skipped.unreadable": Text("not readable: {error}", "illisible : {error}"),
    "skipped.other": Text("not a film but: {type}", "n'est pas un film mais : {type}"),
    "skipped.no_film": Text("an item without a film", "un élément sans film"),
    "skipped.nameless": Text(
        "neither a TMDB id, nor an IMDb id, nor a title", "ni identifiant TMDB, ni identifiant IMDb, ni titre"
    ),
    "skipped.time": Text("not a time: {value}", "n'est pas une date : {value!r}"),
    "skipped.no_series": Text("an item without a series", "un élément sans série"),
    "skipped.nameless_series": Text("neither an id nor a title", "ni identifiant ni titre"),
    "skipped.large": Text(
        "a row of {size} bytes does not fit into a file of Letterboxd",
        "une ligne de {size} octets ne tient pas dans un fichier de Letterboxd",
    ),
    "verify.faults": Text("{faults} fault(s) in {rows} rows", "{faults} défaut(s) dans {rows} lignes"),
    "verify.fine": Text("{rows} rows, no faults", "{rows} lignes, aucun défaut"),
    "cache.cleared": Text("{count} answers forgotten.", "{count} réponses oubliées."),
    "cache.memory": Text(
        "The cache is kept in memory (cache.store): nothing outlives a run.",
        "Le cache est en mémoire (cache.store) : rien ne survit à une exécution.",
    ),
    "setup.refused": Text("the system refuses: {error}", "le système refuse : {error}"),
    "setup.extra": Text(
        "{package} is missing: install cinestream-trakt-export[{extra}]",
        "{package} manque : installez cinestream-trakt-export[{extra}]",
    ),
    "profile.seconds": Text("seconds is a number from 0.1 to 60", "seconds est un nombre de 0.1 à 60"),
    "profile.busy": Text("a profile is being taken", "un profil est déjà en cours"),
    "profile.written": Text("Profile and heap are in {folder}", "Le profil et le tas sont dans {folder}"),
    "details.failed": Text("{failed} of {count} could not be read", "{failed} sur {count} n'ont pas pu être lus"),
    "health.none": Text(
        "nothing is known yet: no service runs at {ops}, and no run has left its statistics",
        "rien n'est encore connu : aucun service sur {ops}, et aucune exécution n'a laissé de statistiques",
    ),
    "health.from_service": Text("From the running service at {ops}:", "Du service en marche sur {ops} :"),
    "health.from_run": Text("From the last run ({at}):", "De la dernière exécution ({at}) :"),
    "schedule.both": Text("use --every or --cron, not both", "utilisez --every ou --cron, pas les deux"),
    "schedule.every": Text(
        "{text!r} is no interval: expected 30m, 6h or 1d, at least 1s",
        "{text!r} n'est pas un intervalle : attendu 30m, 6h ou 1d, au moins 1s",
    ),
    "schedule.cron": Text(
        "{text!r} is no cron expression ({error}): expected five fields, such as 0 4 * * *",
        "{text!r} n'est pas une expression cron ({error}) : cinq champs attendus, par exemple 0 4 * * *",
    ),
    "export.refused": Text(
        "{reason}. Finish it with 'cinestream-trakt resume', or begin anew with --restart",
        "{reason}. Terminez-le avec « cinestream-trakt resume », ou recommencez avec --restart",
    ),
    "export.export": Text("list", "liste"),
    "export.rows": Text("rows", "lignes"),
    "export.files": Text("files", "fichiers"),
    "export.skipped": Text("skipped", "omis"),
    "export.requests": Text("requests", "requêtes"),
    "export.seconds": Text("seconds", "secondes"),
    "export.unchanged": Text("unchanged", "inchangé"),
    "archive.unreadable": Text("{path} cannot be read ({error})", "{path} est illisible ({error})"),
    "archive.missing": Text("{path} lacks files of {list}", "il manque à {path} des fichiers de {list}"),
    "archive.large": Text("{name} has more than {most} bytes", "{name} a plus de {most} octets"),
    "archive.short": Text(
        "{path} is not complete: {missing} watched films are not in its history",
        "{path} n'est pas complet : {missing} films vus manquent à son historique",
    ),
    "archive.alone": Text(
        "--from-archive knows nothing of --genre, --status, --enqueue, --enrich, --every, --cron and --incremental",
        "--from-archive ne connaît pas --genre, --status, --enqueue, --enrich, --every, --cron et --incremental",
    ),
    "archive.only": Text(
        "--time-zone is for --from-archive: Trakt tells your account's own",
        "--time-zone va avec --from-archive : Trakt dit celui de votre compte",
    ),
    "archive.zone": Text(
        "the archive does not tell your time zone: give it with --time-zone",
        "l'archive ne dit pas votre fuseau horaire : donnez-le avec --time-zone",
    ),
    "export.days": Text(
        "no day is both after --since and before --until", "aucun jour n'est à la fois après --since et avant --until"
    ),
    "export.why": Text("{path} says why items were skipped", "{path} dit pourquoi des éléments ont été omis"),
    "operations.none": Text("Nothing was interrupted.", "Rien n'a été interrompu."),
    "operations.progress": Text("pages read", "pages lues"),
    "operations.started": Text("begun", "commencé"),
    "operations.last": Text("last", "dernier"),
    "operations.state": Text("state", "état"),
    "operations.running": Text("running", "en cours"),
    "operations.interrupted": Text("interrupted", "interrompu"),
    "operations.other": Text(
        "{name} belongs to {account}, not to {slug}", "{name} appartient à {account}, pas à {slug}"
    ),
    "operations.forgotten": Text("{name} is forgotten.", "{name} est oublié."),
    "operations.unknown": Text("there is no operation {name}", "il n'y a pas d'opération {name}"),
}
