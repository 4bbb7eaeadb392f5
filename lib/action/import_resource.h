/* import_resource.h - part of import.h: what is logged and told of resources that the file restores or releases. */
#ifndef ACTION_IMPORT_RESOURCE_H
#define ACTION_IMPORT_RESOURCE_H

#include "action/act.h"

/* Within the import's transaction, after its facts are applied. */
const struct err *import_resources(struct act *act);

#endif
