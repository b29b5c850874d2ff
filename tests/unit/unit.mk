# The unit tests: the real objects, built with the system's C library, one program for each file of src/.

UNIT_MODULES := $(filter-out main,$(MODULES))
UNIT_HELPERS := $(filter-out test_% trees,$(basename $(notdir $(wildcard tests/unit/*.c))))
UNIT_HEADERS := $(wildcard tests/unit/*.h)

# The calls of each program that end in tests/unit instead of the kernel.
UNIT_WRAP_account_lines = $(UNIT_WRAP_accounts)
UNIT_WRAP_account_write := open openat mkdirat stat close fcntl fsync fchmod fchown renameat unlinkat write pwrite sendfile \
                           poll ftruncate umask linkat kill syscall getauxval
UNIT_WRAP_accounts := open fstat read close
UNIT_WRAP_identity := $(UNIT_WRAP_accounts) stat
UNIT_WRAP_reference := $(UNIT_WRAP_accounts) stat
UNIT_WRAP_userns := $(UNIT_WRAP_accounts)
UNIT_WRAP_dry_run := $(UNIT_WRAP_accounts) write lseek
UNIT_WRAP_output := write
UNIT_WRAP_problem := write
UNIT_WRAP_capabilities := capget capset prctl syscall setgroups setresgid setresuid getgroups getresgid getresuid \
                          fopen getauxval socketpair getsockopt syslog __syslog_chk $(UNIT_WRAP_accounts)
UNIT_WRAP_privileges := $(UNIT_WRAP_capabilities)
UNIT_WRAP_plan := $(UNIT_WRAP_privileges) stat
UNIT_WRAP_command := execve stat fstat fstatfs lseek isatty fchown mmap umask
UNIT_WRAP_safe_path := open openat fstat fstatfs readlinkat close syscall
UNIT_WRAP_tree := open openat close read lseek fstatat readlinkat fchownat renameat syscall
UNIT_WRAP_ownership := $(UNIT_WRAP_tree) stat fstat fstatfs
unit_wraps = $(addprefix -Wl$(comma)--wrap=,$(UNIT_WRAP_$(1)))

# A sanitizer wants a compiler that has it: clang, unless CC says otherwise.
UNIT_SANITIZE_CC := $(if $(filter file,$(origin CC)),clang,$(CC))
UNIT_SANITIZE := sanitize/$(notdir $(firstword $(UNIT_SANITIZE_CC)))

# Fortified calls have other names, which --wrap would miss.
UNIT_CFLAGS := -g -U_FORTIFY_SOURCE
UNIT_TRAP_CFLAGS := $(UNIT_CFLAGS) -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
UNIT_SANITIZE_CFLAGS := $(UNIT_TRAP_CFLAGS) -fsanitize=address,undefined
UNIT_MSAN_CFLAGS := $(UNIT_TRAP_CFLAGS) -fsanitize=memory

# $(call unit_rules,DIRECTORY,COMPILER,FLAGS): how everything under build/DIRECTORY is made.
define unit_rules
$(B)/$(1)/src/%.o: src/%.c $(HEADERS) Makefile tests/unit/unit.mk $$(SYSTEM_DEPENDS)
	$$(call say,CC)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) $$(CPPFLAGS_ALL) $$(SYSTEM_INCLUDES) $$(WARNINGS) $$(CFLAGS) $(3) -c $$< -o $$@

$(B)/$(1)/%.o: tests/unit/%.c $(HEADERS) $(UNIT_HEADERS) Makefile tests/unit/unit.mk
	$$(call say,CC)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) $$(CPPFLAGS_ALL) -Itests/unit $$(SYSTEM_INCLUDES) $$(WARNINGS) $$(CFLAGS) $(3) -c $$< -o $$@

# Archives, so that a program takes what it tests and no more.
$(B)/$(1)/src.a: $(UNIT_MODULES:%=$(B)/$(1)/src/%.o)
	$$(Q)$$(AR) rcs $$@ $$^

$(B)/$(1)/helpers.a: $(UNIT_HELPERS:%=$(B)/$(1)/%.o)
	$$(Q)$$(AR) rcs $$@ $$^

$(UNIT_MODULES:%=$(B)/$(1)/test_%): $(B)/$(1)/test_%: $(B)/$(1)/test_%.o $(B)/$(1)/src.a $(B)/$(1)/helpers.a
	$$(call say,LINK)
	$$(Q)$(2) $(3) $$(LDFLAGS) $$(call unit_wraps,$$*) $$(filter-out %/helpers.a,$$^) $$(SYSTEM_CAPNG) $(B)/$(1)/helpers.a -lcmocka -o $$@

# In place of what the archive has for the same calls.
$(B)/$(1)/test_tree $(B)/$(1)/test_ownership: $(B)/$(1)/trees.o
endef

$(eval $(call unit_rules,unit,$$(CC),$$(UNIT_CFLAGS)))
$(eval $(call unit_rules,$(UNIT_SANITIZE),$$(UNIT_SANITIZE_CC),$$(UNIT_SANITIZE_CFLAGS)))
$(eval $(call unit_rules,msan,clang,$$(UNIT_MSAN_CFLAGS)))

# What ships is compiled like this: see the Makefile.
$(B)/unit/src/scan.o: UNIT_CFLAGS += -O2 -ftree-vectorize

# $(call unit_run,DIRECTORY,COMMAND): runs every program of build/DIRECTORY; of one that fails, prints what it said.
unit_run = @bad=0; for test in $(UNIT_MODULES:%=test_%); do printf '  %-8s %s\n' TEST "$(B)/$(1)/$$test"; \
    CMOCKA_MESSAGE_OUTPUT=TAP $(2) $(B)/$(1)/$$test >$(B)/$(1)/$$test.log 2>&1 || { bad=1; cat $(B)/$(1)/$$test.log; }; \
    done; exit $$bad

.PHONY: check-unit
check-unit: $(UNIT_MODULES:%=$(B)/unit/test_%) ## Run the unit tests
	$(call unit_run,unit)

# Each library as its release of Debian has it: libcap-ng 0.8.3 with musl 1.2.3, 0.8.5 with 1.2.5, and what comes next.
LIBRARIES_FROM ?= bookworm trixie sid
.PHONY: check-libcap-ng
check-libcap-ng: ## Test with libcap-ng and musl of each release of Debian (root; LIBRARIES_FROM)
	$(Q)for release in $(LIBRARIES_FROM); do \
	    echo "$$release" && $(MAKE) SOURCES_FROM=$$release B=build/from/$$release check-unit check-binary && \
	    STEPDOWN=build/from/$$release/stepdown prove $(filter tests/system/core-% %/option-caps.t,$(SYSTEM_TESTS)) || exit 1; \
	done

.PHONY: check-sanitize
check-sanitize: $(UNIT_MODULES:%=$(B)/$(UNIT_SANITIZE)/test_%) ## Run the unit tests under ASan and UBSan
	$(call unit_run,$(UNIT_SANITIZE))

.PHONY: check-msan
check-msan: $(UNIT_MODULES:%=$(B)/msan/test_%) ## Run the unit tests under clang's MSan
	$(call unit_run,msan)

.PHONY: check-valgrind
check-valgrind: $(UNIT_MODULES:%=$(B)/unit/test_%) ## Run the unit tests under valgrind's memcheck
	$(call unit_run,unit,valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite)

.PHONY: deps-sanitize
deps-sanitize: ## Install what check-sanitize, check-msan and check-valgrind need besides (apt, as root)
	$(APT_INSTALL) clang libclang-rt-14-dev valgrind
