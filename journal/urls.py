from django.urls import URLPattern, URLResolver, path

from journal.views import bouncing, mailbox, unsubscribing

public: list[URLPattern | URLResolver] = [
    path("mailbox", mailbox.mails, name="mailbox"),
    path("mailbox/<slug:name>", mailbox.mail, name="mailbox_mail"),
    path("mailbox/<slug:name>/html", mailbox.mail_html, name="mailbox_html"),
    path("unsubscribe/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
    *bouncing.urls(),
]
manage: list[URLPattern | URLResolver] = []
api: list[URLPattern | URLResolver] = []
