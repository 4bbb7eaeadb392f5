/* mypartnerctl - the operator's tool: begins and looks after an installation. `mypartnerctl help` lists what it can do. */
#include "ctl.h"

int main(int argc, char **argv) { return ctl_main(argc, (const char *const *)argv); }
