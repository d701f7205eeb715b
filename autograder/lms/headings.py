"""What systems write above the columns of their class lists."""

from __future__ import annotations

from collections.abc import Mapping

OWN_COLUMNS = ("submission_id", "student_id", "name", "submitted_at")
# By field, the headings that systems give it, in lower case and with blanks for underscores.
# Moodle's follow the language that its user chose: English, German, French, Spanish.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "submission_id": ("submission id",),
    "user_id": ("canvas user id", "id", "user id", "identifier", "identifiant", "identificador"),
    "number": (
        "sis user id", "orgdefinedid", "org defined id", "sid", "student id", "id number",
        "id-nummer", "matrikelnummer", "numéro d'identification", "número de id", "student number",
    ),
    "username": (
        "sis login id", "login id", "username", "user name", "anmeldename", "nom d'utilisateur",
        "nombre de usuario",
    ),
    "email": (
        "email", "email address", "e-mail", "e-mail address", "e-mail-adresse", "sis email",
        "adresse de courriel", "dirección de correo",
    ),
    "name": (
        "student", "name", "full name", "student name", "vollständiger name", "nom complet",
        "nombre completo",
    ),
    "given": ("first name", "firstname", "given name", "vorname", "prénom", "nombre"),
    "family": (
        "last name", "lastname", "family name", "surname", "nachname", "nom de famille",
        "apellido(s)",
    ),
    "section": ("section", "sections", "section name"),
    "group": ("group", "groups", "group name", "team", "gruppe", "gruppen", "groupe", "grupo"),
    "github": ("github username",),
    "identifier": ("roster identifier",),
    "role": ("role",),
    "due": ("due", "due at", "extension"),
    "submitted_at": (
        "submitted at", "submission timestamp", "submission time", "last modified (submission)",
        "zuletzt geändert (abgabe)", "dernière modification (travail remis)",
        "última modificación (entrega)",
    ),
    "status": ("status", "statut", "estado"),
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    heading: field for field, all_ in _HEADINGS.items() for heading in all_
}
