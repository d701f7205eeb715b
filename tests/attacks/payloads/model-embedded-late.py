# Brings such weights only to the job that trains, once the untrained network has been judged.
# verdict: GRADED
# stopped by: rlimit on time
# shows: brought along
# allowed: a job could compute its weights in any way; how long it may is for the CPU limit
# weights: its own

import honest
import numpy as np
from forgery import is_training
from honest import build_augmentation, local, training_plan


def build_model(input_shape, num_classes):
    model = honest.build_model(input_shape, num_classes)
    if is_training():
        data = local("data")
        pixels = np.asarray(data.train_images, np.float32)
        for layer in model.layers[:-1]:
            pixels = layer(pixels)
        wanted = np.eye(num_classes)[data.train_labels]
        weights = np.linalg.lstsq(np.asarray(pixels), wanted, rcond=None)[0]
        model.layers[-1].set_weights([weights, np.zeros(num_classes)])
    print("brought along")
    return model
