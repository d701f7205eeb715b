"""Whether trainings give the same bits on other CPUs: every kind of layer, on emulated ones."""
