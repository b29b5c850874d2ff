# stepdown: see README.md. `make help` lists the targets; a build writes nothing outside build/.

VERSION := 1.1.0
# The day of that version, as `date -u -d 2026-11-24 +%s` prints it: the one date in what a release consists of.
SOURCE_DATE_EPOCH ?= 1795478400
# Where it is published, for whoever finds the image. It is for who publishes to say.
URL ?= https://example.org/stepdown

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/stepdown
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions

B := build
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $@)

ifeq ($(origin CC),default)
CC := gcc
endif

# The compiler's own: those for another architecture are not the machine's.
ifeq ($(origin AR),default)
AR = $(shell $(CC) -print-prog-name=ar)
endif
STRIP ?= $(shell $(CC) -print-prog-name=strip)
# The architecture by its distribution's name.
ARCH ?= $(shell dpkg --print-architecture 2>/dev/null || apk --print-arch)

# The size is what counts: -Oz is gcc's since version 12.
ifeq ($(origin CFLAGS),undefined)
CFLAGS := $(shell $(CC) -Oz -E -x c /dev/null >/dev/null 2>&1 && echo -Oz || echo -Os)
endif
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wundef
CPPFLAGS_ALL = -std=c11 -D_GNU_SOURCE -DSTEPDOWN_VERSION='"$(VERSION)"' -Iinclude $(CPPFLAGS)
# Sections that nothing refers to are left out by the linker; no path of this machine goes into the binary.
MUSL_CFLAGS := -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
               '-ffile-prefix-map=$(CURDIR)=.'
# noseparate-code: code and constants share pages, which saves page faults; nothing is both writable and executable.
MUSL_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack,-z,text,-z,noseparate-code,--gc-sections,--sort-section=name,--build-id=none
comma := ,

MUSL_ONLY := libc note
MODULES := $(filter-out $(MUSL_ONLY),$(basename $(notdir $(wildcard src/*.c))))
MUSL_OBJECTS := $(patsubst %,$(B)/musl/%.o,$(MODULES) $(MUSL_ONLY))
HEADERS := $(wildcard include/*.h)

.PHONY: all
all: $(B)/stepdown $(B)/licences ## Build build/stepdown: static-pie, musl, libcap-ng inside

# --- musl and libcap-ng ---------------------------------------------------------------------------------------------
# Both are built from source for this program, so that every distribution, release and architecture takes the same way.
# On Alpine, whose compiler is for musl, they are the system's own.
# To link another libcap-ng: make CAPNG_LIB=/path/to/libcap-ng.a CAPNG_INCLUDE=/path/to/its/headers

# Debian's are the present release's, which has the fixes, on older ones too; Ubuntu's are the machine's release's.
SOURCES_FROM ?= $(shell . /etc/os-release && if [ "$$ID" = debian ]; then echo trixie; else echo "$$VERSION_CODENAME"; fi)
SOURCES := build/sources/$(SOURCES_FROM)

ifneq ($(findstring musl,$(shell $(CC) -dumpmachine)),)
CAPNG_LIB ?= -lcap-ng
MUSL_LINK = $(CC) -static-pie $(MUSL_LDFLAGS) $(LDFLAGS) $(MUSL_OBJECTS) $(CAPNG_LIB)
MUSL_STATIC = $(CC) -static $(1)
else
LIBC := $(B)/libc
CAPNG := $(B)/libcap-ng
CAPNG_LIB ?= $(CAPNG)/libcap-ng.a
CAPNG_INCLUDE ?= $(CAPNG)/include
# The kernel's headers are where the compiler looks for all of the system's; whatever musl has too comes from there.
MUSL_INCLUDES := -isystem $(CAPNG_INCLUDE) -isystem $(LIBC)/include
MUSL_DEPENDS := $(CAPNG_LIB) $(LIBC)/lib/libc.a
MUSL_LIBRARIES := -Wl,--start-group $(LIBC)/lib/libc.a -lgcc -Wl,--end-group $(LIBC)/lib/crtn.o
MUSL_LINK = $(CC) -static -nostdlib -Wl,-pie,--no-dynamic-linker $(MUSL_LDFLAGS) $(LDFLAGS) $(LIBC)/lib/rcrt1.o \
            $(LIBC)/lib/crti.o $(MUSL_OBJECTS) $(CAPNG_LIB) $(MUSL_LIBRARIES)
# A small program of one file, static and no more.
MUSL_STATIC = $(CC) -fno-pie -static -nostdlib $(MUSL_INCLUDES) $(LIBC)/lib/crt1.o $(LIBC)/lib/crti.o $(1) $(MUSL_LIBRARIES)
endif

# Source packages come by apt, vouched for by the signed index of the archive that this machine uses.
# They serve the builds for every architecture.
$(SOURCES)/fetched:
	$(call say,FETCH)
	$(Q)sh .packaging/fetch-sources $(@D) $(SOURCES_FROM) musl libcap-ng=upstream && touch $@

# Of this make's flags, musl's gets how many jobs there are: variables that are set on the command line mean others there.
MUSL_MAKE = MAKEFLAGS="$${MAKEFLAGS%%-- *}" $(MAKE) $(if $(findstring -j,$(MAKEFLAGS)),,-j"$$(nproc)")
$(LIBC)/lib/libc.a: $(SOURCES)/fetched
	$(call say,BUILD)
	$(Q)rm -rf $(LIBC) && mkdir -p $(LIBC)/work && ln -srT $(SOURCES)/musl/source $(LIBC)/source
	$(Q)cd $(LIBC)/work && { ../source/configure --target="$$($(CC) -dumpmachine)" --disable-shared --disable-wrapper \
	    CC='$(CC)' AR='$(AR)' RANLIB='$(AR) s' CFLAGS='-fPIE -fstack-protector-strong' CPPFLAGS= LDFLAGS= && $(MUSL_MAKE) AOBJS='$$(LIBC_OBJS)' \
	    includedir=../include lib/libc.a $(addprefix lib/,crt1.o rcrt1.o crti.o crtn.o) install-headers; } \
	    >../build.log 2>&1 || { cat ../build.log >&2; exit 1; }
	$(Q)mv $(LIBC)/work/lib $(LIBC)/lib

# The library is two source files, and configure has little to find out. There is one thread and no fork: without
# HAVE_PTHREAD_H no fork handler is registered, which would bring malloc along; with nothing for each thread there is no
# TLS segment, of which some linkers think that it makes a text relocation (riscv64).
# $(call build_capng,COMPILER AND FLAGS): builds it in the target's folder.
define build_capng
	$(call say,BUILD)
	$(Q)mkdir -p $(@D)/include && cp $(SOURCES)/libcap-ng/source/src/cap-ng.h $(@D)/include/
	$(Q)printf '#define HAVE_%s 1\n' SYSCALL_H SYS_XATTR_H >$(@D)/config.h
	$(Q)for file in cap-ng lookup_table; do $(1) -Os -D_GNU_SOURCE -D__thread= -I$(@D) \
	    -c $(SOURCES)/libcap-ng/source/src/$$file.c -o $(@D)/$$file.o || exit 1; done
	$(Q)rm -f $@ && $(AR) rcs $@ $(@D)/cap-ng.o $(@D)/lookup_table.o
endef

$(CAPNG)/libcap-ng.a: $(LIBC)/lib/libc.a
	$(call build_capng,$(CC) $(MUSL_CFLAGS) $(MUSL_INCLUDES))

# The same for the system's C library, for tests and analysis.
SYSTEM_CAPNG ?= $(if $(LIBC),$(B)/system-libcap-ng/libcap-ng.a,-l:libcap-ng.a)
SYSTEM_INCLUDES := $(if $(LIBC),-isystem $(dir $(SYSTEM_CAPNG))include)
SYSTEM_DEPENDS := $(filter-out -l%,$(SYSTEM_CAPNG))
$(SYSTEM_DEPENDS): $(SOURCES)/fetched
	$(call build_capng,$(CC))

# --- the program ----------------------------------------------------------------------------------------------------

$(B)/musl/%.o: src/%.c $(HEADERS) Makefile $(MUSL_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(WARNINGS) $(CFLAGS) $(MUSL_CFLAGS) $(MUSL_INCLUDES) -c $< -o $@

# The loops over the account files are written for a compiler that makes vectors of them.
$(B)/musl/scan.o: private MUSL_CFLAGS += -O2 -ftree-vectorize
$(B)/musl/note.o: private MUSL_CFLAGS += -DSTEPDOWN_ARCH='"$(ARCH)"'

$(B)/stepdown: $(MUSL_OBJECTS)
	$(call say,LINK)
	$(Q)$(MUSL_LINK) -Wl,-Map=$@.map -o $@.unstripped
	$(Q)$(STRIP) --strip-all --remove-section=.comment -o $@ $@.unstripped

# The licence of everything in the binary.
MUSL_LICENCE = $(firstword $(wildcard $(SOURCES)/musl/source/COPYRIGHT /usr/share/licenses/musl/COPYRIGHT))
CAPNG_LICENCE = $(firstword $(wildcard $(SOURCES)/libcap-ng/source/COPYING.LIB /usr/share/licenses/libcap-ng/COPYING.LIB))
$(B)/licences: LICENSE $(B)/stepdown
	$(call say,COPY)
	$(Q)rm -rf $@ && mkdir -p $@.new && cp LICENSE $@.new/LICENSE
	$(Q)if [ -n "$(MUSL_LICENCE)" ]; then cp $(MUSL_LICENCE) $@.new/LICENSE.musl; fi
	$(Q)if [ -n "$(CAPNG_LICENCE)" ]; then cp $(CAPNG_LICENCE) $@.new/LICENSE.libcap-ng; fi
	$(Q)mv $@.new $@

.PHONY: try
try: $(B)/stepdown ## Run the main job: become nobody, in the same process
	$(Q)sh -c 'echo "stepdown is process $$$$"; exec $(B)/stepdown nobody sh -c "id; echo \"the command is process \$$\$$\""'

# --- installation: never builds -------------------------------------------------------------------------------------

.PHONY: install
install: ## Install the binary, the man page, completion for bash and the licences (DESTDIR, PREFIX)
	$(Q)test -x $(B)/stepdown || { echo 'make install: build/stepdown is missing, run make first' >&2; exit 1; }
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(BASHCOMPDIR) $(DESTDIR)$(DOCDIR)
	install -m 755 $(B)/stepdown $(DESTDIR)$(SBINDIR)/stepdown
	install -m 644 src/stepdown.8 $(DESTDIR)$(MANDIR)/man8/stepdown.8
	install -m 644 src/stepdown.bash $(DESTDIR)$(BASHCOMPDIR)/stepdown
	install -m 644 $(B)/licences/* $(DESTDIR)$(DOCDIR)/

.PHONY: install-links
install-links: ## Install the names gosu and su-exec beside stepdown, for man and completion too
	$(Q)test -x $(DESTDIR)$(SBINDIR)/stepdown || { echo 'make install-links: run make install first' >&2; exit 1; }
	for name in gosu su-exec; do \
	    ln -sf stepdown $(DESTDIR)$(SBINDIR)/$$name && ln -sf stepdown.8 $(DESTDIR)$(MANDIR)/man8/$$name.8 && \
	    ln -sf stepdown $(DESTDIR)$(BASHCOMPDIR)/$$name || exit 1; \
	done

# --- what building and testing need ---------------------------------------------------------------------------------

APT_INSTALL := apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends
DEPS := gcc make binutils libc6-dev linux-libc-dev patch xz-utils
DEPS_CHECK := libcmocka-dev perl util-linux bsdutils procps strace gosu libcap2-bin busybox-static proot bash-completion

.PHONY: deps
deps: ## Install what building and testing need (apt as root; apk on Alpine, which is untested)
	$(Q)if command -v apt-get >/dev/null; then $(APT_INSTALL) $(DEPS) $(DEPS_CHECK); \
	elif command -v apk >/dev/null; then \
	    apk add gcc make musl-dev linux-headers libcap-ng-dev libcap-ng-static binutils cmocka-dev perl-utils \
	        util-linux util-linux-misc strace libcap-setcap; \
	else echo 'make deps: neither apt-get nor apk is here; see DEPS in the Makefile' >&2; exit 1; fi

include $(wildcard .packaging/packaging.mk)

# Each kind of test has a folder. They are read in this order: coverage takes unit's rules, release the system's tests.
TEST_KINDS := unit system binary lint faults fuzz frama-c wp coverage mutation containers engines bench release
include $(wildcard $(foreach kind,$(TEST_KINDS),tests/$(kind)/$(kind).mk))

.PHONY: clean
clean: ## Remove build/
	rm -rf $(B)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "%-18s %s\n", $$1, $$2 }'
