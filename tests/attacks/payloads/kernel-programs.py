# Gives the kernel programs to run: BPF, perf, modules, tracing, page faults handled by itself.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

names = """
    bpf perf_event_open userfaultfd init_module finit_module delete_module kexec_load
    kexec_file_load iopl ioperm modify_ldt lookup_dcookie rseq_slice seccomp
    landlock_create_ruleset landlock_add_rule landlock_restrict_self
""".split()
for name in names:
    attempt(name, lambda: syscall(name, 0, 0, 0, 0, 0))
for command in range(20):
    attempt(f"bpf {command}", lambda: syscall("bpf", command, bytes(128), 128))
