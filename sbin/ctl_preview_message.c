#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/memory.h"
#include "base/sms_text.h"
#include "ctl.h"
#include "domain/notice_sample.h"
#include "view/notice_view.h"
#include "view/tpl.h"

struct preview { const char *event; const char *channel; struct notice_mail_frame frame; };

static const struct err *load_templates(struct ctl *ctl)
{
    const char **tags = mem_array(ctl->mem, const char *, langs_n);

    for (size_t i = 0; i < langs_n; i++)
        tags[i] = langs[i].tag;
    return tpl_load(ctl->config->web.templates, tags, langs_n);
}

static bool wants(const struct preview *preview, const char *channel)
{
    return preview->channel == NULL ? strcmp(channel, "html") != 0 : strcmp(preview->channel, channel) == 0;
}

static void show_title(const struct notice_sample *sample, const char *channel)
{
    printf("=== %s%s%s, to %s, by %s: %s\n", notice_info(sample->kind)->code, sample->detail[0] != '\0' ? " " : "", sample->detail,
           sample->reader, sample->actor, channel);
}

static const struct err *show(const struct ctl *ctl, const struct preview *preview, const struct notice_sample *sample)
{
    struct notice_mail mail;

    TRY(notice_view_mail(ctl->mem, sample->kind, &sample->values, &preview->frame, &mail));
    if (wants(preview, "email")) {
        show_title(sample, "email");
        printf("Subject: %s\n\n%s\n\n", mail.subject, mail.text);
    }
    if (wants(preview, "html")) {
        show_title(sample, "html");
        printf("%s\n", mail.html);
    }
    if (sample->has_sms && wants(preview, "sms")) {
        const char *text = notice_view_sms(ctl->mem, sample->kind, &sample->values, &preview->frame);
        struct sms_length length = sms_length(text);

        show_title(sample, "sms");
        printf("%s\n(%zu %s, %zu segment%s)\n\n", text, length.units, length.alphabet == SMS_GSM7 ? "septets" : "UCS-2 units",
               length.segments, length.segments == 1 ? "" : "s");
    }
    return NULL;
}

static void list_events(void)
{
    for (int kind = 0; kind < NOTICE_KINDS; kind++)
        puts(notice_info((enum notice_kind)kind)->code);
}

static bool is_channel(const char *name)
{
    return name == NULL || strcmp(name, "email") == 0 || strcmp(name, "html") == 0 || strcmp(name, "sms") == 0;
}

const struct err *ctl_preview_message(struct ctl *ctl)
{
    const char *tag = NULL;
    struct preview preview = {.event = ctl->args[0]};
    const struct ctl_option options[] = {
        {"--lang", &tag, false, false}, {"--channel", &preview.channel, false, false}, {NULL, NULL, false, false}};
    const struct lang *lang = lang_default();
    enum notice_kind kind = NOTICE_KINDS;

    if (preview.event == NULL) {
        list_events();
        return NULL;
    }
    ctl->args++;
    TRY(ctl_options(ctl, options));
    if (strcmp(preview.event, "all") != 0 && !notice_kind_find(preview.event, &kind))
        return err_new(ERR_INPUT, 0, "there is no event %s; without one all are listed", preview.event);
    if (tag != NULL && (lang = lang_find(tag)) == NULL)
        return err_new(ERR_INPUT, 0, "there is no language %s", tag);
    if (!is_channel(preview.channel))
        return err_new(ERR_INPUT, 0, "a channel is email, html or sms");
    TRY(load_templates(ctl));
    preview.frame = (struct notice_mail_frame){
        .lang = lang, .zone = ctl->config->site.zone, .site = ctl->config->site.name, .support = ctl->config->site.support,
        .public_url = ctl->config->web.public_url, .link = ""};
    for (size_t i = 0; i < notice_samples(); i++) {
        const struct notice_sample sample = notice_sample(i);

        if (kind == NOTICE_KINDS || sample.kind == kind)
            TRY(show(ctl, &preview, &sample));
    }
    return NULL;
}
