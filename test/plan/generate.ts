import fc from "fast-check";

/**
 * Small configurations as text, from few names and values so that two of them collide all the time. Addresses belong to
 * one instance at most, trackers and groups name what exists.
 */
export const configuration: fc.Arbitrary<string> = fc
  .record({
    globals: fc.record({
      version: fc.constantFrom(2, 3),
      refresh: fc.constantFrom(0, 30),
      router: fc.constantFrom("a", "b"),
    }),
    scripts: fc.subarray(["chk_a", "chk_b"]),
    interval: fc.constantFrom(1, 2),
    instances: fc.shuffledSubarray(["VI_1", "VI_2", "VI_3"]),
    routerIds: fc.shuffledSubarray([1, 2, 3, 4], { minLength: 3, maxLength: 3 }),
    details: fc.array(
      fc.record({
        interface: fc.constantFrom("eth0", "eth1"),
        priority: fc.constantFrom(100, 150),
        nopreempt: fc.boolean(),
        password: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
        tracks: fc.boolean(),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    addresses: fc.array(
      fc.record({
        owner: fc.integer({ min: 0, max: 3 }),
        excluded: fc.boolean(),
        label: fc.option(fc.constantFrom("eth0:1", "eth0:2"), { nil: undefined }),
      }),
      { minLength: 4, maxLength: 4 },
    ),
    group: fc.boolean(),
    services: fc.array(service(), { maxLength: 3 }),
  })
  .map((model) => {
    const lines = [
      `global_defs {\nrouter_id ${model.globals.router}\nvrrp_version ${model.globals.version}\nvrrp_garp_master_refresh ${model.globals.refresh}\n}`,
      ...model.scripts.map(
        (name) => `vrrp_script ${name} {\nscript /bin/${name}\ninterval ${model.interval}\n}`,
      ),
      ...model.instances.map((name, index) => {
        const detail = model.details[index];
        const owned = (excluded: boolean) =>
          model.addresses.flatMap((address, at) =>
            address.owner === index && address.excluded === excluded
              ? [`10.0.0.${at + 1}/24${address.label ? ` label ${address.label}` : ""}`]
              : [],
          );
        return [
          `vrrp_instance ${name} {`,
          `interface ${detail?.interface}`,
          `virtual_router_id ${model.routerIds[index]}`,
          `priority ${detail?.priority}`,
          ...(detail?.nopreempt ? ["nopreempt"] : []),
          ...(detail?.password ? [`authentication {\nauth_type PASS\nauth_pass ${detail.password}\n}`] : []),
          ...(detail?.tracks ? [`track_script {\n${model.scripts.join("\n")}\n}`] : []),
          `virtual_ipaddress {\n${owned(false).join("\n")}\n}`,
          `virtual_ipaddress_excluded {\n${owned(true).join("\n")}\n}`,
          "}",
        ].join("\n");
      }),
      ...(model.group && model.instances.length > 1
        ? [`vrrp_sync_group G {\ngroup {\n${model.instances.join("\n")}\n}\n}`]
        : []),
      ...model.services.map((text, index) => `virtual_server 10.0.9.${index + 1} 80 {\n${text}\n}`),
    ];
    return `${lines.join("\n")}\n`;
  });

function service(): fc.Arbitrary<string> {
  const check = fc.oneof(
    fc.constant("TCP_CHECK {\n}"),
    fc.constantFrom(1, 2).map((timeout) => `TCP_CHECK {\nconnect_timeout ${timeout}\n}`),
    fc
      .array(fc.constantFrom("/a", "/b"), { minLength: 1, maxLength: 2 })
      .map(
        (paths) =>
          `HTTP_GET {\n${paths.map((path) => `url {\npath ${path}\nstatus_code 200\n}`).join("\n")}\n}`,
      ),
  );
  const server = fc.record({
    weight: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    checks: fc.array(check, { maxLength: 2 }),
  });
  return fc
    .record({
      protocol: fc.constantFrom("TCP", "UDP"),
      scheduler: fc.constantFrom("rr", "wlc"),
      method: fc.constantFrom("NAT", "DR"),
      delay: fc.constantFrom(5, 10),
      // Of four servers, which one is the sorry server; none for 4.
      sorry: fc.integer({ min: 0, max: 4 }),
      servers: fc.array(fc.option(server, { nil: undefined }), { minLength: 4, maxLength: 4 }),
    })
    .map(({ protocol, scheduler, method, delay, sorry, servers }) =>
      [
        `protocol ${protocol}`,
        `lb_algo ${scheduler}`,
        `lb_kind ${method}`,
        `delay_loop ${delay}`,
        ...(sorry < 4 ? [`sorry_server 10.0.1.${sorry + 1} 80`] : []),
        ...servers.flatMap((one, index) =>
          one && index !== sorry
            ? [
                `real_server 10.0.1.${index + 1} 80 {`,
                ...(one.weight === undefined ? [] : [`weight ${one.weight}`]),
                ...one.checks,
                "}",
              ]
            : [],
        ),
      ].join("\n"),
    );
}
