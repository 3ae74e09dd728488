/** Numbers of prctl, setsockopt and getsockopt. */
const CALLS: Readonly<Record<string, readonly [number, number, number]>> = {
  x64: [157, 54, 55],
  arm64: [167, 208, 209],
};

/**
 * Perl, which every Debian has, installs a filter of system calls and becomes the command: options of IPVS (linux/ip_vs.h,
 * from 1152 on, at the level of IP) fail with error 0, that is, succeed without doing anything. Everything else passes.
 */
const SCRIPT = `
my ($prctl, $set, $get) = splice @ARGV, 0, 3;
my @filter = (
  [0x20, 0, 0, 0], [0x15, 1, 0, $set], [0x15, 0, 5, $get],
  [0x20, 0, 0, 24], [0x15, 0, 3, 0], [0x20, 0, 0, 32], [0x35, 0, 1, 1152],
  [0x06, 0, 0, 0x00050000], [0x06, 0, 0, 0x7fff0000],
);
my $code = join "", map { pack "SCCL", @$_ } @filter;
my $program = pack "S x6 P", scalar @filter, $code;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no new privileges: $!";
syscall($prctl, 22, 2, $program) == 0 or die "filter: $!";
exec @ARGV or die "exec: $!";
`;

/** The command on a kernel without IPVS, believing that it sets options of it. For keepalived's checkers. */
export function withPretendedIpvs(command: readonly string[]): readonly string[] {
  const calls = CALLS[process.arch];
  if (calls === undefined) throw new Error(`no system call numbers of ${process.arch} at hand`);
  return ["perl", "-e", SCRIPT, ...calls.map(String), ...command];
}
