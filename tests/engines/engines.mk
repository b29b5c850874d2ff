# The engines and kernels that people run: one battery in each.

DEPS_ENGINES := runsc crun runc podman buildah uidmap libdevmapper1.02.1 bubblewrap proot qemu-system-x86 gosu \
                busybox-static musl-tools linux-libc-dev perl util-linux libapparmor1 libseccomp2 libselinux1 libacl1
ENGINES ?=
PRIVATE_APT = $(firstword $(wildcard .packaging/private-apt .ci/private-apt))

# Packages that would start services are unpacked, not installed.
$(B)/engines/packages: tests/engines/fetch
	$(call say,FETCH)
	$(Q)rm -rf $@ $@.new && mkdir -p $(@D)
	$(Q)bash tests/engines/fetch $@.new $(PRIVATE_APT) >$(B)/engines/fetch.log 2>&1 || \
	    { cat $(B)/engines/fetch.log >&2; exit 1; }
	$(Q)mv $@.new $@ && touch $@

$(B)/engines/probe: tests/engines/probe.c $(MUSL_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -static $(MUSL_INCLUDES) -o $@ $<

.PHONY: deps-engines
deps-engines: ## Install what check-engines needs (apt, as root), and unpack the rest into build/
	$(Q)$(APT_INSTALL) $(DEPS_ENGINES)
	$(Q)$(MAKE) --no-print-directory $(B)/engines/packages

.PHONY: check-engines
check-engines: $(B)/stepdown $(B)/engines/probe $(B)/engines/packages ## Run one battery in every engine, and print a table (ENGINES)
	$(Q)PROBE=$(B)/engines/probe PACKAGES=$(B)/engines/packages tests/engines/run $(ENGINES)
