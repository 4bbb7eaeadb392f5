/* rule_call.h - what the pages about account checks share: the history of changes, and what would come of one. */
#ifndef CGI_RULE_CALL_H
#define CGI_RULE_CALL_H

#include "action/desk_rule.h"
#include "call.h"

/* {{>HISTORY}}, part_rule_history.html. `heading` stands above; nothing is shown when there is no change. */
void rule_call_history(struct page *page, const char *marker, const char *heading, const struct rule_change *changes, size_t n);
/* {{>PREVIEW}}, part_rule_preview.html. */
void rule_call_preview(struct page *page, const struct rule_preview *preview);
/* After a refusal for RULE_EDIT_CONFLICT: the message, and what was changed, as {{>CHANGED}}. */
void rule_call_conflict(struct page *page, const struct rule_edit_result *result);

#endif
