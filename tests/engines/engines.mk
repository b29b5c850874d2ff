# The engines and kernels that people run: one battery in each.

DEPS_ENGINES := runsc crun runc podman buildah uidmap libdevmapper1.02.1 bubblewrap proot qemu-system-x86 gosu \
                busybox-static perl util-linux libapparmor1 libseccomp2 libselinux1 libacl1
ENGINES ?=

# Packages that would start services are unpacked, not installed.
$(B)/engines/packages: tests/engines/fetch
	$(call say,FETCH)
	$(Q)rm -rf $@ $@.new && mkdir -p $(@D)
	$(Q)bash tests/engines/fetch $@.new >$(B)/engines/fetch.log 2>&1 || \
	    { cat $(B)/engines/fetch.log >&2; exit 1; }
	$(Q)mv $@.new $@ && touch $@

$(B)/engines/probe: tests/engines/probe.c $(MUSL_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(call MUSL_STATIC,$<) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -o $@

.PHONY: deps-engines
deps-engines: ## Install what check-engines needs (apt, as root), and unpack the rest into build/
	$(Q)$(APT_INSTALL) $(DEPS_ENGINES)
	$(Q)$(MAKE) --no-print-directory $(B)/engines/packages

.PHONY: check-engines
check-engines: $(B)/stepdown $(B)/engines/probe $(B)/engines/packages ## Run one battery in every engine, and print a table (ENGINES)
	$(Q)PROBE=$(B)/engines/probe PACKAGES=$(B)/engines/packages tests/engines/run $(ENGINES)
