#include "domain/association.h"
#include "domain/names.h"

static const char *const models[MODELS] = { "RESELLER", "REFERRAL" };
static const char *const statuses[ASSOCIATION_STATUSES] = { "ACTIVE", "ENDED" };
static const char *const types[FREEZE_TYPES] = { "ACCOUNT", "ACCOUNT_AND_RESOURCES" };
static const char *const sources[FREEZE_SOURCES] = { "PARTNER", "BUDGET", "PLATFORM", "ASSOCIATION_DEFAULT" };

const char *association_model_name(enum association_model model)
{
    return names_at(models, MODELS, (int)model);
}

bool association_model_find(const char *name, enum association_model *model)
{
    int found;

    if (!names_find(models, MODELS, name, &found))
        return false;
    *model = (enum association_model)found;
    return true;
}

const char *association_status_name(enum association_status status)
{
    return names_at(statuses, ASSOCIATION_STATUSES, (int)status);
}

bool association_status_find(const char *name, enum association_status *status)
{
    int found;

    if (!names_find(statuses, ASSOCIATION_STATUSES, name, &found))
        return false;
    *status = (enum association_status)found;
    return true;
}

const char *freeze_type_name(enum freeze_type type)
{
    return names_at(types, FREEZE_TYPES, (int)type);
}

bool freeze_type_find(const char *name, enum freeze_type *type)
{
    int found;

    if (!names_find(types, FREEZE_TYPES, name, &found))
        return false;
    *type = (enum freeze_type)found;
    return true;
}

const char *freeze_source_name(enum freeze_source source)
{
    return names_at(sources, FREEZE_SOURCES, (int)source);
}

bool freeze_source_find(const char *name, enum freeze_source *source)
{
    int found;

    if (!names_find(sources, FREEZE_SOURCES, name, &found))
        return false;
    *source = (enum freeze_source)found;
    return true;
}
