#include <stdio.h>

#include "action/create.h"
#include "ctl.h"
#include "ctl_create.h"

const struct err *ctl_associate(struct ctl *ctl)
{
    const char *customer, *partner, *model_name;
    const struct ctl_option options[] = {
        {"--customer", &customer, false, true}, {"--partner", &partner, false, true}, {"--model", &model_name, false, false},
        {NULL, NULL, false, false},
    };
    enum association_model model = MODEL_RESELLER;
    TRY(ctl_options(ctl, options));
    if (model_name != NULL && !association_model_find(model_name, &model))
        return err_new(ERR_INPUT, 0, "--model must be RESELLER or REFERRAL");

    struct act act = ctl_act(ctl);
    enum create_outcome outcome = CREATE_DONE;
    TRY(create_association(&act, customer, partner, model, &outcome));
    TRY(ctl_created(outcome));
    printf("%s is associated with %s.\n", customer, partner);
    return NULL;
}
