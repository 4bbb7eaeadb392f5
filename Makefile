# mypartner - `make help` lists the targets. No configure step.
#
#   MODE=release|asan|fault  which build (asan: AddressSanitizer and UndefinedBehaviorSanitizer; both others but release have
#                         the places of lib/base/fault.h, where tests make them fail or die)
#   CC=gcc|clang          which compiler
#   BUILD=build/…         where it goes
#   V=1                   show the commands

MODE ?= release
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX := $(if $(findstring clang,$(CC)),clang++,g++)
BUILD ?= build/$(MODE)$(if $(findstring clang,$(CC)),-clang)
PORT ?= 8080
VAR ?= var
PREFIX ?= /usr/local
SHELL := /bin/bash
# One short line a step; V=1 shows the commands.
run = $(if $(V),,@printf '  %-4s %s\n' $(1) $@;)

PKGS := talloc libcrypto jansson inih liboath
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wformat=2 -Werror
OPT.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
OPT.asan := -O1 -g1 -DFAULT_POINTS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT.fault := -O1 -g -DFAULT_POINTS
OPT.lint := -O0
OPT.fuzz := -O2 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-coverage=trace-cmp -fno-sanitize-recover=all -fno-omit-frame-pointer
SYSTEM := -isystem /usr/include/mariadb $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(PKGS) libcurl fcgi 2>/dev/null))
CPPFLAGS := -D_GNU_SOURCE -Ilib -Icgi-bin $(SYSTEM)
CFLAGS := -std=c17 $(WARN) $(OPT.$(MODE)) -Wmissing-prototypes -Wstrict-prototypes -Wvla
CXXFLAGS := -std=c++17 $(WARN) $(OPT.$(MODE))
LDLIBS := -lfcgi -lmariadb -lctemplate -lcurl -loath -linih -ljansson -lunistring -lqrencode -lscrypt -ltalloc -lcrypto -lpthread
LDFLAGS := $(filter -fsanitize=%,$(OPT.$(MODE))) -Wl,-z,relro,-z,now

LAYERS := base domain store action web view notify
# Link order: a layer comes before the ones it uses.
LINK_ORDER := action view notify web store domain base
ARCHIVES := $(LINK_ORDER:%=$(BUILD)/lib%.a)
PROGRAMS := mypartner mypartner_receipt mypartner_worker mypartnerctl
DEMO := demo_messages
LANGS := en zh-Hans

.PHONY: help
help:  ## list the targets
	@grep -hE '^[a-z][a-z.-]*:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: build
build: $(PROGRAMS:%=$(BUILD)/bin/%) $(BUILD)/bin/$(DEMO) $(BUILD)/templates.done $(BUILD)/messages.done $(BUILD)/texts.done  ## compile the programs, templates and messages
	@:

# --- objects ---------------------------------------------------------------------------------------------------------

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call run,CC) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(call run,C++) $(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

# Where the programs look for what `make install` puts there; another PREFIX makes them anew.
KNOWS_SHARE := $(BUILD)/lib/base/config_table.o $(BUILD)/sbin/ctl_migrate.o $(BUILD)/sbin/ctl_check.o
$(KNOWS_SHARE): CPPFLAGS += -DSHARE='"$(PREFIX)/share/mypartner"'
$(KNOWS_SHARE): $(BUILD)/prefix
.PHONY: FORCE
$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(PREFIX)' | cmp -s - $@ || printf '%s\n' '$(PREFIX)' >$@

define layer
$(BUILD)/lib$(1).a: $(patsubst %,$(BUILD)/%.o,$(basename $(wildcard lib/$(1)/*.c lib/$(1)/*.cc)))
	@rm -f $$@
	$$(call run,AR) ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

PAGES := $(filter-out cgi-bin/mypartner.c cgi-bin/mypartner_receipt.c cgi-bin/demo_messages.c,$(wildcard cgi-bin/*.c))
$(BUILD)/libpages.a: $(PAGES:%.c=$(BUILD)/%.o)
	@rm -f $@
	$(call run,AR) ar rcs $@ $^

$(BUILD)/libctl.a: $(patsubst %.c,$(BUILD)/%.o,$(filter-out sbin/mypartner_worker.c sbin/mypartnerctl.c,$(wildcard sbin/*.c)))
	@rm -f $@
	$(call run,AR) ar rcs $@ $^

$(BUILD)/bin/mypartner $(BUILD)/bin/mypartner_receipt: $(BUILD)/bin/%: $(BUILD)/cgi-bin/%.o $(BUILD)/libpages.a $(ARCHIVES)
	@mkdir -p $(@D)
	$(call run,LD) $(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bin/demo_messages: $(BUILD)/cgi-bin/demo_messages.o $(BUILD)/libweb.a $(BUILD)/libview.a $(BUILD)/libdomain.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(call run,LD) $(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bin/mypartner_worker $(BUILD)/bin/mypartnerctl: $(BUILD)/bin/%: $(BUILD)/sbin/%.o $(BUILD)/libctl.a $(ARCHIVES)
	@mkdir -p $(@D)
	$(call run,LD) $(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# --- tests: tests/<layer>/test_*.c is one program each, linked with its layer and those below --------------------------

LINKS.base := base
LINKS.domain := domain base
LINKS.store := store domain base
LINKS.action := action store domain base
LINKS.web := web base
LINKS.view := view domain base
LINKS.notify := notify base
LINKS.cgi-bin := pages ctl $(LINK_ORDER)
LINKS.sbin := ctl $(LINK_ORDER)
LINKS.race := ctl $(LINK_ORDER)
LINKS.sweep := pages ctl $(LINK_ORDER)

SUPPORT.store := $(BUILD)/tests/support/test_db.o
SUPPORT.action := $(BUILD)/tests/support/test_db.o $(BUILD)/tests/support/test_world.o
SUPPORT.cgi-bin := $(SUPPORT.action) $(BUILD)/tests/support/test_call.o $(BUILD)/tests/support/golden.o
SUPPORT.view := $(BUILD)/tests/support/golden.o
SUPPORT.sbin := $(SUPPORT.action) $(patsubst %,$(BUILD)/tests/support/%.o,test_sms faulty_proxy real_site)
SUPPORT.sweep := $(SUPPORT.cgi-bin) $(BUILD)/tests/support/fail.o
SUPPORT.race := $(SUPPORT.action) $(BUILD)/tests/support/real_site.o
SUPPORT.notify := $(patsubst %,$(BUILD)/tests/support/%.o,test_server test_mail test_sms)

# Some two hundred programs are linked: by the quicker linker where there is one.
TEST_LD := $(if $(shell command -v ld.gold),-fuse-ld=gold)
TEST_LAYERS := $(LAYERS) cgi-bin sbin race sweep
define test_layer
TESTS.$(1) := $(patsubst tests/$(1)/%.c,$(BUILD)/tests/$(1)/%,$(wildcard tests/$(1)/test_*.c))
$$(TESTS.$(1)): $(BUILD)/tests/$(1)/%: $(BUILD)/tests/$(1)/%.o $$(SUPPORT.$(1)) $(LINKS.$(1):%=$(BUILD)/lib%.a)
	$$(call run,LD) $(CXX) $(LDFLAGS) $(TEST_LD) -o $$@ $$^ -lcmocka $(LDLIBS)
.PHONY: tests-$(1)
tests-$(1): $$(TESTS.$(1))
.PHONY: check-$(1)
check-$(1): $$(TESTS.$(1)) $(if $(filter cgi-bin view sbin action race sweep,$(1)),$(BUILD)/templates.done $(BUILD)/messages.done) \
  $(if $(filter race sbin,$(1)),$(PROGRAMS:%=$(BUILD)/bin/%))
	tests/run.sh $(BUILD) $$(TESTS.$(1))
endef
$(foreach l,$(TEST_LAYERS),$(eval $(call test_layer,$(l))))
# tests/fuzz/fuzz_*.c is one target each: driven by libFuzzer (MODE=fuzz CC=clang), or by replay.c with the inputs that are kept.
FUZZ_TESTS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
$(FUZZ_TESTS): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/entry.o \
  $(if $(filter fuzz,$(MODE)),,$(BUILD)/tests/fuzz/replay.o) $(LINKS.cgi-bin:%=$(BUILD)/lib%.a)
	$(call run,LD) $(CXX) $(LDFLAGS) -o $@ $^ -Wl,--as-needed $(LDLIBS)
$(FUZZ_TESTS): LDFLAGS += $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer)
$(BUILD)/tests/fuzz/fuzz_log: LDFLAGS += -Wl,--wrap=write
.PHONY: tests-fuzz
tests-fuzz: $(FUZZ_TESTS)
.PHONY: check-fuzz
check-fuzz: $(FUZZ_TESTS) $(BUILD)/templates.done
	tests/run.sh $(BUILD) $(FUZZ_TESTS)
$(BUILD)/tests/%.o: CPPFLAGS += -Itests -Isbin -DTEST_SOURCE_ROOT='"$(CURDIR)"' -DTEST_BUILD='"$(abspath $(BUILD))"'
ALL_TESTS := $(foreach l,$(TEST_LAYERS),$(TESTS.$(l))) $(FUZZ_TESTS)
# `make test` runs all of them sanitized, and these on the normal build too: what decides, stores and acts, and the sweep, as
# allocations can be made to fail there only.
SHORT_TESTS := $(foreach l,$(LAYERS) sweep,$(TESTS.$(l)))

# --- templates and messages ------------------------------------------------------------------------------------------

TEMPLATES := $(shell find templates -type f -name '*.*' 2>/dev/null)

$(BUILD)/templates.done: $(TEMPLATES) $(wildcard po/templates/*.po) deploy/build_templates.sh deploy/templates_po.pl
	deploy/build_templates.sh $(BUILD)/templates $(LANGS)
	@touch $@

$(BUILD)/messages.done: $(wildcard po/*.po) deploy/build_messages.sh
	deploy/build_messages.sh $(BUILD)/messages
	@touch $@

# A text without its translation ends the build.
$(BUILD)/texts.done: $(wildcard lib/*/*.c cgi-bin/*.c sbin/*.c po/*.po po/templates/*.po) $(TEMPLATES) deploy/check_po.sh
	@mkdir -p $(@D)
	$(call run,PO) deploy/check_po.sh
	@touch $@

# --- this machine: packages, the demo, installing ---------------------------------------------------------------------
# What is installed decides how this file is read (pkg-config above), so targets that install build in a make of their own.

JOBS := $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
SBIN := $(DESTDIR)$(PREFIX)/sbin
SHARE := $(DESTDIR)$(PREFIX)/share/mypartner
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSUSERS := $(DESTDIR)$(PREFIX)/lib/sysusers.d

.PHONY: deps
deps:  ## install the Debian packages that building and running need
	@deploy/local/packages.sh run

.PHONY: deps-test
deps-test:  ## install what the tests need besides
	@deploy/local/packages.sh test

.PHONY: run
run: deps  ## build, then run the whole demo on this machine (PORT=8080 VAR=var SETTINGS=file)
	@$(MAKE) --no-print-directory $(JOBS) build
	@PORT='$(PORT)' VAR='$(VAR)' SETTINGS='$(SETTINGS)' BUILD='$(BUILD)' exec deploy/local/run.sh

.PHONY: demo-reset
demo-reset:  ## throw away the data of the demo in VAR
	@PORT='$(PORT)' VAR='$(VAR)' BUILD='$(BUILD)' exec deploy/local/run.sh reset

.PHONY: install
install: build  ## install programs, data and systemd units under PREFIX (and DESTDIR)
	install -d $(SBIN) $(UNITS) $(SYSUSERS)
	install -m 755 $(PROGRAMS:%=$(BUILD)/bin/%) $(SBIN)
	rm -rf $(SHARE)
	install -d $(SHARE)/db
	cp -r $(BUILD)/templates $(BUILD)/messages static $(SHARE)
	cp -r db/migrations db/invariants db/users.sql db/grants.sql $(SHARE)/db
	sed 's|/usr/local|$(PREFIX)|g' nginx.conf.example >$(SHARE)/nginx.conf.example
	$(BUILD)/bin/mypartner -o >$(SHARE)/mypartner.ini.example
	install -m 644 deploy/webhooks.md deploy/smtp_relay.md deploy/sms_gateway.md deploy/kannel.conf.example deploy/exim4.conf.example $(SHARE)
	chmod -R a+rX $(SHARE)
	for unit in mypartner.service mypartner.socket mypartner-worker.service mypartner-receipt.service mypartner-receipt.socket; do \
	  sed 's|/usr/local|$(PREFIX)|g' deploy/$$unit >$(UNITS)/$$unit || exit 1; done
	install -m 644 deploy/mypartner.sysusers.conf $(SYSUSERS)/mypartner.conf

.PHONY: uninstall
uninstall:  ## remove what install has put there; settings and data stay
	rm -f $(PROGRAMS:%=$(SBIN)/%) $(UNITS)/mypartner.service $(UNITS)/mypartner.socket $(UNITS)/mypartner-worker.service $(UNITS)/mypartner-receipt.service $(UNITS)/mypartner-receipt.socket
	rm -f $(SYSUSERS)/mypartner.conf
	rm -rf $(SHARE)

.PHONY: clean
clean:  ## remove what was built (BUILD); the demo's data stays
	rm -rf -- '$(BUILD)'

# --- translations and templates --------------------------------------------------------------------------------------

.PHONY: po
po:  ## bring po/ up to date with the texts in C files and templates
	deploy/update_po.sh

.PHONY: check-templates
check-templates:  ## what must hold in every template: escaping, forms, labels
	tests/support/lint_templates.pl templates

.PHONY: check-sql
check-sql: $(BUILD)/tests/store/test_statements  ## prepare every SQL statement against the migrated schema
	tests/run.sh $(BUILD) $(BUILD)/tests/store/test_statements

# --- tests -----------------------------------------------------------------------------------------------------------

.PHONY: test
test: deps deps-test  ## everything: house rules, builds, test programs, browser stories
	@tests/all.sh

.PHONY: tests tests-short
tests: $(ALL_TESTS)
tests-short: $(SHORT_TESTS)

.PHONY: lint
lint: $(ARCHIVES) $(BUILD)/libpages.a $(BUILD)/libctl.a $(BUILD)/cgi-bin/mypartner.o $(BUILD)/sbin/mypartner_worker.o $(BUILD)/sbin/mypartnerctl.o  ## compile all that is installed, link nothing (MODE=lint CC=clang)
	@:

.PHONY: check
check: $(ALL_TESTS) build  ## every test program of one build (MODE=asan: sanitized)
	tests/run.sh $(BUILD) $(ALL_TESTS)

.PHONY: check-short
check-short: $(SHORT_TESTS) build
	tests/run.sh $(BUILD) $(SHORT_TESTS)

LINES ?= 1000000
.PHONY: bench
bench: bench-pages bench-import bench-log  ## everything that is measured, with its figures and targets

.PHONY: bench-pages
bench-pages: build $(BUILD)/tests/bench/tokens  ## pages, submits, restarts beside PHP, Go, constant answers (ONLY='pages submit restart memory')
	tests/bench/bench.sh $(BUILD)

.PHONY: bench-soak
bench-soak: build $(BUILD)/tests/bench/tokens  ## memory of the web program over a million requests
	ONLY=memory REQUESTS=1000000 tests/bench/bench.sh $(BUILD)

$(BUILD)/tests/bench/tokens: $(BUILD)/tests/bench/tokens.o $(BUILD)/libweb.a $(BUILD)/libbase.a
	$(call run,LD) $(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: bench-import
bench-import: build  ## how fast facts are imported, and with how much memory (LINES=1000000)
	tests/bench/import.sh $(BUILD) $(LINES)

ROWS ?= 100000
.PHONY: bench-log
bench-log: build  ## pages, export and verification of a log of this size (ROWS=100000)
	tests/bench/log.sh $(BUILD) $(ROWS)

.PHONY: stories
stories: build  ## the browser stories (STORY=tests/e2e/x.story.mjs: only that one)
	tests/e2e/run.sh $(BUILD) $(STORY)

.PHONY: test-ui
test-ui: deps-test build  ## every page state in every way, every story enabled and by keyboard, Lighthouse (STEPS="look texts")
	tests/ui/all.sh $(BUILD)

.PHONY: lighthouse
lighthouse: deps-test build  ## Lighthouse on every page (PAGES='^my_partner', RUNS=3, AGAIN=1: those below 100)
	tests/ui/lighthouse.sh $(BUILD)

.PHONY: gallery
gallery: deps-test build  ## a picture of every page state: build/gallery/index.html (ONLY='my_partner')
	BUILD=$(abspath $(BUILD)) node tests/ui/gallery.mjs

.PHONY: goals
goals:  ## the goals of the pages, each with what test-ui measured
	@node tests/ui/goals.mjs

ROUNDS ?= 1000
RACES := test_race test_race_jobs test_race_desk test_race_freeze test_race_invitation test_race_account test_race_contact test_race_platform test_code_race \
  test_deadline test_sign_in
.PHONY: race
race: $(filter $(addprefix %/,$(RACES)),$(TESTS.action)) $(TESTS.race) build  ## races against the actions and the whole program, ROUNDS=1000 of each (RACE_ONLY='both*')
	RACE_ROUNDS=$(ROUNDS) tests/run.sh $(BUILD) $(filter $(BUILD)/tests/%,$^)

SEED ?= 1
SCENES ?= all
.PHONY: chaos
chaos:  ## processes are killed, the database is away, slow or full, all under load (SEED=1 ROUNDS=1000 SCENES=away,slow,…)
	@$(MAKE) --no-print-directory MODE=fault build
	BUILD='$(abspath build/fault)' SEED='$(SEED)' ROUNDS='$(ROUNDS)' SCENES='$(SCENES)' node tests/chaos/chaos.mjs

SECONDS_EACH ?= 120
.PHONY: scan
scan:  ## wapiti and sqlmap, installed by this, attack the demo as nobody and as each role (SECONDS_EACH=120)
	@deploy/local/packages.sh scan
	@$(MAKE) --no-print-directory $(JOBS) build
	BUILD='$(abspath $(BUILD))' SECONDS_EACH='$(SECONDS_EACH)' node tests/scan/scan.mjs

# One build of each kind: allocations fail where no sanitizer has its own, and leaks are seen where one has.
.PHONY: sweep
sweep:  ## the n-th allocation, read, write, database call of every route fails; death at every write (SWEEP_STEP=k, SWEEP_ONLY='POST*')
	@$(MAKE) --no-print-directory MODE=fault build tests-sweep
	@$(MAKE) --no-print-directory MODE=asan build tests-sweep
	SWEEP=full tests/run.sh build/fault build/fault/tests/sweep/test_sweep
	SWEEP=full tests/run.sh build/asan build/asan/tests/sweep/test_sweep

RUNS ?= 1000000
.PHONY: fuzz
fuzz:  ## invented inputs by libFuzzer, RUNS=1000000 a target, TARGET=form: only that one (tests/fuzz; needs clang)
	@$(MAKE) --no-print-directory $(JOBS) MODE=fuzz CC=clang BUILD=build/fuzz build/fuzz/templates.done $(FUZZ_TESTS:$(BUILD)/%=build/fuzz/%)
	tests/fuzz/run.sh build/fuzz $(RUNS) $(TARGET)

.PHONY: fuzz-keep
fuzz-keep:  ## makes what `make fuzz` has found the kept inputs, as few as cover as much
	tests/fuzz/run.sh build/fuzz keep $(TARGET)

N ?= 10
.PHONY: delivery
delivery: $(BUILD)/tests/sbin/test_delivery $(BUILD)/templates.done $(BUILD)/messages.done  ## every message through a real mail server and gateway, good and bad days (N=10 of them)
	for day in $$(seq $(N)); do tests/run.sh $(BUILD) $< || exit 1; done

.PHONY: states
states: $(BUILD)/bin/mypartnerctl  ## print the table of a request's states
	@$< states

.PHONY: check-includes
check-includes:  ## each layer includes only what it may; each library has one door
	tests/support/check_includes.sh

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
