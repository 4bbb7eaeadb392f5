/* view_steps.c - see view_steps.h. */
#include "base/lang.h"
#include "base/memory.h"
#include "base/text.h"

#include "view/view_steps.h"

static const char *const submit_steps[] = { N_("Check and confirm"), N_("Verify"), N_("Reason"), N_("Submitted") };
static const char *const answer_steps[] = { N_("Check and decide"), N_("Verify"), N_("Done") };

static struct tpl_dict *fill(struct page *page, const char *what, const char *const *names, int n, int current)
{
    struct tpl_dict *dict = tpl_include(page->dict, "STEPS", "part_steps.html");

    tpl_set(dict, "STEPS_WHERE",
            text_fill(page->ctx, _("{what}: step {n} of {total}"), "what", what,
                      "n", mem_text(page->ctx, "%d", current + 1), "total", mem_text(page->ctx, "%d", n), NULL));
    tpl_show(dict, "STEPS_HEADING");
    for (int i = 0; i < n; i++) {
        struct tpl_dict *step = tpl_row(dict, "STEP");

        tpl_set(step, "STEP_NAME", names[i]);
        tpl_show_if(step, "STEP_DONE", i < current);
        tpl_show_if(step, "STEP_HERE", i == current);
        tpl_show_if(step, "STEP_BAD", i == current && page->is_error);
    }
    return dict;
}

void view_steps_submit(struct page *page, int current, bool has_code)
{
    const char *names[4];
    int n = 0;

    for (int i = 0; i < 4; i++)
        if (has_code || i != 1)
            names[n++] = _(submit_steps[i]);
    tpl_show_if(fill(page, _("Request disassociation"), names, n, has_code || current == 0 ? current : current - 1),
                "STEPS_HEADING", current < 3);
}

void view_steps_answer(struct page *page, int current)
{
    const char *names[3];

    for (int i = 0; i < 3; i++)
        names[i] = _(answer_steps[i]);
    tpl_show_if(fill(page, _("Answer the request"), names, 3, current), "STEPS_HEADING", current < 2);
}
