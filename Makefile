# stepdown: see README.md. `make help` lists the targets; a build writes nothing outside build/.

VERSION := 1.0.0
# The day of that version, as `date -u -d 2026-11-21 +%s` prints it: the one date in what a release consists of.
SOURCE_DATE_EPOCH ?= 1795219200

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/stepdown

B := build
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $@)

ifeq ($(origin CC),default)
CC := gcc
endif

# The compiler for musl: the system's own where that targets musl (Alpine), musl-gcc elsewhere.
NATIVE_MUSL := $(findstring musl,$(shell $(CC) -dumpmachine))
MUSL_CC ?= $(if $(NATIVE_MUSL),$(CC),musl-gcc)
STRIP ?= strip
# The architecture by its distribution's name.
ARCH ?= $(shell dpkg --print-architecture 2>/dev/null || apk --print-arch)

CFLAGS ?= -Os
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wundef
CPPFLAGS_ALL = -std=c11 -D_GNU_SOURCE -DSTEPDOWN_VERSION='"$(VERSION)"' -Iinclude $(CPPFLAGS)
# Sections that nothing refers to are left out by the linker; no path of this machine goes into the binary.
MUSL_CFLAGS := -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
               -ffile-prefix-map=$(CURDIR)=.
# noseparate-code: code and constants share pages, which saves page faults; nothing is both writable and executable.
MUSL_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack,-z,text,-z,noseparate-code,--gc-sections,--sort-section=name,--build-id=none
# What libcap-ng is not to take from the C library: see src/libc.c, which belongs to the musl build alone.
WRAPPED := open fopen __fsetlocking fgets sscanf fclose snprintf asprintf free syslog
empty :=
comma := ,
MUSL_LDFLAGS += $(subst $(empty) ,$(comma),-Wl $(WRAPPED:%=--wrap=%))

MUSL_ONLY := libc note
MODULES := $(filter-out $(MUSL_ONLY),$(basename $(notdir $(wildcard src/*.c))))
MUSL_OBJECTS := $(patsubst %,$(B)/musl/%.o,$(MODULES) $(MUSL_ONLY))
HEADERS := $(wildcard include/*.h)

.PHONY: all
all: $(B)/stepdown $(B)/licences ## Build build/stepdown: static-pie, musl, libcap-ng inside

# --- libcap-ng ------------------------------------------------------------------------------------------------------
# Alpine has a static one for musl. Debian's and Ubuntu's is for glibc, so theirs is built once for musl, from the
# distribution's own source package: its version is the distribution's, and stands in build/libcap-ng/version.
# To link another one: make CAPNG_LIB=/path/to/libcap-ng.a CAPNG_INCLUDE=/path/to/its/headers

CAPNG_SOURCE := build/libcap-ng
ifneq ($(NATIVE_MUSL),)
CAPNG_LIB ?= -lcap-ng
MUSL_LINK = $(MUSL_CC) -static-pie $(MUSL_LDFLAGS) $(LDFLAGS) $(MUSL_OBJECTS) $(CAPNG_LIB)
else
CAPNG := $(B)/libcap-ng
CAPNG_LIB ?= $(CAPNG)/libcap-ng.a
CAPNG_INCLUDE ?= $(CAPNG)/include
KERNEL ?= $(B)/kernel
MUSL_INCLUDES := -isystem $(CAPNG_INCLUDE) -isystem $(KERNEL)
MUSL_DEPENDS := $(CAPNG_LIB) $(KERNEL)/asm
# musl-gcc cannot make a static-pie: it is put together here from musl's own start files.
MUSL_DIR = $(dir $(shell $(MUSL_CC) -v 2>&1 | sed -n 's/^Reading specs from //p' | tail -n 1))
MUSL_LINK = $(MUSL_CC) -fPIE -static -nostartfiles -Wl,-pie,--no-dynamic-linker $(MUSL_LDFLAGS) $(LDFLAGS) \
            $(MUSL_DIR)rcrt1.o $(MUSL_DIR)crti.o $(MUSL_OBJECTS) $(CAPNG_LIB) $(MUSL_DIR)crtn.o
endif

# The kernel's headers on a path of their own: /usr/include would bring glibc's along.
KERNEL_ASM = $(firstword $(wildcard /usr/include/$(shell $(CC) -print-multiarch)/asm /usr/include/asm))
$(B)/kernel/asm:
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfn /usr/include/linux $(B)/kernel/linux
	$(Q)ln -sfn /usr/include/asm-generic $(B)/kernel/asm-generic
	$(Q)ln -sfn $(KERNEL_ASM) $@

# The source package comes by apt from the archive that this machine's release comes from, with its signature checked,
# through a private source list and state: apt's own configuration is read, not touched.
# One source serves the builds for every architecture.
$(CAPNG_SOURCE)/version:
	$(call say,FETCH)
	$(Q)sh .ci/fetch-libcap-ng $(CAPNG_SOURCE)

# There is one thread and no fork. Without pthread.h no fork handler is registered, which would bring malloc along; with
# nothing for each thread there is no TLS segment, of which some linkers think that it makes a text relocation (riscv64).
$(CAPNG)/libcap-ng.a: $(CAPNG_SOURCE)/version | $(KERNEL)/asm
	$(call say,BUILD)
	$(Q)mkdir -p $(CAPNG)/work $(CAPNG)/include && cp $(CAPNG_SOURCE)/source/src/cap-ng.h $(CAPNG)/include/
	$(Q)cd $(CAPNG)/work && { ac_cv_header_pthread_h=no $(CURDIR)/$(CAPNG_SOURCE)/source/configure CC="$(MUSL_CC)" \
	    CFLAGS="-Os -D__thread= $(MUSL_CFLAGS) -isystem $(abspath $(KERNEL))" --host=$$($(CC) -dumpmachine | sed 's/gnu/musl/') \
	    --disable-shared --without-python --without-python3 && MAKEFLAGS= $(MAKE) -C src libcap-ng.la; } >../build.log 2>&1 \
	    || { cat ../build.log >&2; exit 1; }
	$(Q)cp $(CAPNG)/work/src/.libs/libcap-ng.a $@

# --- the program ----------------------------------------------------------------------------------------------------

$(B)/musl/%.o: src/%.c $(HEADERS) Makefile $(MUSL_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(CPPFLAGS_ALL) $(WARNINGS) $(CFLAGS) $(MUSL_CFLAGS) $(MUSL_INCLUDES) -c $< -o $@

# The loops over the account files are written for a compiler that makes vectors of them.
$(B)/musl/scan.o: private MUSL_CFLAGS += -O3
$(B)/musl/note.o: private MUSL_CFLAGS += -DSTEPDOWN_ARCH='"$(ARCH)"'

$(B)/stepdown: $(MUSL_OBJECTS)
	$(call say,LINK)
	$(Q)$(MUSL_LINK) -Wl,-Map=$@.map -o $@.unstripped
	$(Q)$(STRIP) --strip-all --remove-section=.comment -o $@ $@.unstripped

# The licence of everything in the binary, each as its distribution ships it.
MUSL_LICENCE = $(firstword $(wildcard /usr/share/doc/musl-tools/copyright /usr/share/doc/musl-dev/copyright \
                 /usr/share/doc/musl/copyright /usr/share/licenses/musl/COPYRIGHT))
CAPNG_LICENCE = $(firstword $(wildcard $(CAPNG_SOURCE)/source/COPYING.LIB /usr/share/licenses/libcap-ng/COPYING.LIB \
                  /usr/share/common-licenses/LGPL-2.1))
$(B)/licences: LICENSE $(B)/stepdown
	$(call say,COPY)
	$(Q)rm -rf $@ && mkdir -p $@.new && cp LICENSE $@.new/LICENSE
	$(Q)if [ -n "$(MUSL_LICENCE)" ]; then cp $(MUSL_LICENCE) $@.new/LICENSE.musl; fi
	$(Q)if [ -n "$(CAPNG_LICENCE)" ]; then cp $(CAPNG_LICENCE) $@.new/LICENSE.libcap-ng; fi
	$(Q)mv $@.new $@

.PHONY: check-binary
check-binary: $(B)/stepdown ## Assert what the binary must be: static-pie, RELRO, no exec stack, at most 64 KiB, ...
	$(Q)sh tests/check-binary $(B)/stepdown

.PHONY: try
try: $(B)/stepdown ## Run the main job: become nobody, in the same process
	$(Q)sh -c 'echo "stepdown is process $$$$"; exec $(B)/stepdown nobody sh -c "id; echo \"the command is process \$$\$$\""'

# --- installation: never builds -------------------------------------------------------------------------------------

.PHONY: install
install: ## Install the binary, the man page and the licences (DESTDIR, PREFIX)
	$(Q)test -x $(B)/stepdown || { echo 'make install: build/stepdown is missing, run make first' >&2; exit 1; }
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(DOCDIR)
	install -m 755 $(B)/stepdown $(DESTDIR)$(SBINDIR)/stepdown
	install -m 644 src/stepdown.8 $(DESTDIR)$(MANDIR)/man8/stepdown.8
	install -m 644 $(B)/licences/* $(DESTDIR)$(DOCDIR)/

.PHONY: install-links
install-links: ## Install the names gosu and su-exec beside stepdown
	$(Q)test -x $(DESTDIR)$(SBINDIR)/stepdown || { echo 'make install-links: run make install first' >&2; exit 1; }
	ln -sf stepdown $(DESTDIR)$(SBINDIR)/gosu
	ln -sf stepdown $(DESTDIR)$(SBINDIR)/su-exec

# --- what building and testing need ---------------------------------------------------------------------------------

APT_INSTALL := apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends
DEPS := gcc make libc6-dev musl-tools linux-libc-dev dpkg-dev xz-utils binutils
DEPS_CHECK := libcmocka-dev libcap-ng-dev perl util-linux bsdutils procps strace gosu libcap2-bin busybox-static

.PHONY: deps
deps: ## Install what building and testing need (apt as root; apk on Alpine, which is untested)
	$(Q)if command -v apt-get >/dev/null; then $(APT_INSTALL) $(DEPS) $(DEPS_CHECK); \
	elif command -v apk >/dev/null; then \
	    apk add gcc make musl-dev linux-headers libcap-ng-dev libcap-ng-static binutils cmocka-dev perl-utils \
	        util-linux util-linux-misc strace libcap-setcap; \
	else echo 'make deps: neither apt-get nor apk is here; see DEPS in the Makefile' >&2; exit 1; fi

include $(wildcard tests/*.mk)

.PHONY: clean
clean: ## Remove build/
	rm -rf $(B)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "%-18s %s\n", $$1, $$2 }'
