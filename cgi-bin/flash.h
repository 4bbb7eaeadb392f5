/* flash.h - what is said once on the page after a POST: a code in a cookie, its words here. */
#ifndef CGI_FLASH_H
#define CGI_FLASH_H

#include "view/page.h"

struct flash { const char *code; enum page_tone tone; const char *title, *text; };   /* texts N_(), to be translated */

const struct flash *flash_find(const char *code);   /* NULL if unknown */
/* Whether it tells that what was sent was not taken, so that what was typed is still wanted. */
bool flash_says_not_taken(const char *code);

#endif
