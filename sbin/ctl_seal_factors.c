#include <stdio.h>

#include "action/factor_secret.h"
#include "ctl.h"

const struct err *ctl_seal_factors(struct ctl *ctl)
{
    int64_t sealed = 0;
    if (ctl->args[0] != NULL)
        return err_new(ERR_INPUT, 0, "seal-factors takes nothing");
    struct act act = ctl_act(ctl);
    TRY(factor_seal_all(&act, &sealed));
    if (sealed == 0)
        printf("All second factors are sealed.\n");
    else
        printf("%lld sealed.\n", (long long)sealed);
    return NULL;
}
