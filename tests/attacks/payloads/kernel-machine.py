# Stops, renames, accounts and reconfigures the machine.
# verdict: GRADED
# stopped by: seccomp

from honest import attempt, build_augmentation, build_model, syscall, training_plan

names = """
    reboot sethostname setdomainname syslog acct swapon swapoff vhangup nfsservctl uselib ustat
    sysfs _sysctl set_mempolicy mbind get_mempolicy pkey_alloc pkey_mprotect cachestat
    futex_waitv map_shadow_stack lsm_set_self_attr listmount statmount process_mrelease
    get_robust_list tee fsconfig epoll_pwait2 sched_setattr sched_rr_get_interval
""".split()
for name in names:
    attempt(name, lambda: syscall(name, -1, -1, -1, -1, -1))
