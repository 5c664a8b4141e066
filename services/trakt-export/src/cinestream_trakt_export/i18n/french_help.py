"""What `--help` says, in French, by its English."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import typer

FRENCH: Mapping[str, str] = {
    "Export a Trakt.tv library as files that Letterboxd imports.": (
        "Exporter une bibliothèque Trakt.tv en fichiers que Letterboxd importe."
    ),
    "Print the effective settings as JSON, secrets masked.": (
        "Afficher les réglages en vigueur en JSON, secrets masqués."
    ),
    "Log in: shows a code to type in at Trakt, and waits for it.": (
        "Se connecter : affiche un code à saisir chez Trakt, et l'attend."
    ),
    "Revoke the login at Trakt, and forget it.": "Révoquer la connexion chez Trakt, et l'oublier.",
    "Say who is logged in, and the account's time zone.": "Dire qui est connecté, et le fuseau horaire du compte.",
    "Write lists of your library as Letterboxd import files; what was interrupted goes on where it was.": (
        "Écrire des listes de votre bibliothèque en fichiers d'import Letterboxd ; ce qui a été interrompu reprend là "
        "où il en était."
    ),
    "What to export.": "Quoi exporter.",
    "Folder for the files; made when it is not there.": "Dossier des fichiers ; créé s'il n'existe pas.",
    "A row per film, or one per viewing; by default only the history has viewings.": (
        "Une ligne par film, ou une par visionnage ; par défaut, seul l'historique a des visionnages."
    ),
    "Leave out what happened before this day.": "Omettre ce qui s'est passé avant ce jour.",
    "Leave out what happened after this day.": "Omettre ce qui s'est passé après ce jour.",
    "Only films and series of this genre; may be repeated.": (
        "Seulement les films et séries de ce genre ; peut être répété."
    ),
    "Only films and series with this status; may be repeated.": (
        "Seulement les films et séries de ce statut ; peut être répété."
    ),
    "Only films of this genre; may be repeated.": "Seulement les films de ce genre ; peut être répété.",
    "Only films with this status; may be repeated.": "Seulement les films de ce statut ; peut être répété.",
    "Show the first rows, and write nothing.": "Montrer les premières lignes, et ne rien écrire.",
    "Leave the files alone when nothing has changed at Trakt.": (
        "Laisser les fichiers tels quels quand rien n'a changé chez Trakt."
    ),
    "Read Trakt's own export (zip), without network.": "Lire l'export de Trakt lui-même (zip), sans réseau.",
    "Yours, for an archive that does not tell it.": "Le vôtre, pour une archive qui ne le dit pas.",
    "Forget what was interrupted, and begin anew.": "Oublier ce qui a été interrompu, et recommencer.",
    "Let our scraper read the films (needs NATS).": "Faire lire les films par notre scraper (demande NATS).",
    "Add directors from our stream (needs NATS).": "Ajouter les réalisateurs de notre flux (demande NATS).",
    "Folder for a profile of the time and of the heap.": "Dossier pour un profil du temps et du tas.",
    "Run as a service: now, and again so often (6h).": (
        "Tourner comme service : maintenant, puis à cet intervalle (6h)."
    ),
    "Run as a service: at these times (0 4 * * *).": "Tourner comme service : à ces heures (0 4 * * *).",
    "Finish the exports that were interrupted, as they were begun.": (
        "Terminer les exports interrompus, comme ils ont été commencés."
    ),
    "List the exports that were interrupted, and how far they are.": (
        "Lister les exports interrompus, et où ils en sont."
    ),
    "Remove the one with this name instead.": "Retirer plutôt celui qui porte ce nom.",
    "Check import files against Letterboxd's rules, with code that shares nothing with the writer.": (
        "Vérifier des fichiers d'import selon les règles de Letterboxd, par un code qui ne partage rien avec celui qui "
        "écrit."
    ),
    "A folder of exports.": "Un dossier d'exports.",
    "Print what Trakt says of films: a JSON object a line, as they come.": (
        "Afficher ce que Trakt dit de films : un objet JSON par ligne, comme ils viennent."
    ),
    "Trakt ids, slugs or IMDb ids; none: a line each on stdin.": (
        "Identifiants Trakt, slugs ou identifiants IMDb ; aucun : un par ligne sur stdin."
    ),
    "End at the first film that cannot be read.": "S'arrêter au premier film qui ne peut pas être lu.",
    "Say how the running service is, or how the last run went.": (
        "Dire comment va le service en marche, ou comment s'est passée la dernière exécution."
    ),
    "Everything, as JSON.": "Tout, en JSON.",
    "Answers of Trakt that are kept.": "Les réponses de Trakt qui sont gardées.",
    "Forget every answer.": "Oublier toutes les réponses.",
    "What is kept, and how often it was of use in the last run (or is, in the running service), as JSON.": (
        "Ce qui est gardé, et combien de fois cela a servi à la dernière exécution (ou au service en marche), en JSON."
    ),
    "Show this message and exit.": "Afficher ce message, et rien d'autre.",
    "Print a new key for `cache.encryption_key`.": "Afficher une nouvelle clé pour `cache.encryption_key`.",
}


_USAGE = {"Usage: ": "Usage : ", "COMMAND [ARGS]...": "COMMANDE [ARGUMENTS]..."}
_HEADINGS = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[défaut : {}]",
    "ERRORS_PANEL_TITLE": "Erreur",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "RICH_HELP": "[blue]« {command_path} {help_option} »[/] pour l'aide.",
}  # "Options" and "Arguments" are French as they are


def in_french(command: Any) -> None:
    """Let a command (typer's), its options, and its own commands say their help in French."""
    for thing in (command, command.get_help_option(typer.Context(command)), *command.params):
        if text := getattr(thing, "help", None):
            thing.help = FRENCH.get(text, text)
    command.get_usage = partial(_usage, command.get_usage)
    for own in getattr(command, "commands", {}).values():
        in_french(own)


def headings_in_french() -> None:
    """Let what typer writes around the help of all commands be French."""
    from typer import rich_utils  # a Markdown reader and more: not for every command

    for name, text in _HEADINGS.items():
        setattr(rich_utils, name, text)


def _usage(usual: Callable[[Any], str], context: Any) -> str:
    text = usual(context)
    for english, french in _USAGE.items():
        text = text.replace(english, french)
    return text
