"""Fits on two devices, then leaves while batches are made; prints what it found.

A script of its own, since TensorFlow divides the CPU only before its first use.
"""

from __future__ import annotations

import sys

import keras
import numpy as np
import tensorflow as tf

from srkit.data import PatchSequence, pairs

(cpu,) = tf.config.list_physical_devices("CPU")
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
settings = {"scale": 2, "crop": 16, "batch_size": 4, "steps_per_epoch": 8}

with strategy.scope():
    dataset = pairs(sys.argv[1], **settings)
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.UpSampling2D(2)])
    model.add(keras.layers.Conv2D(3, 1))
    model.compile("sgd", "mae", jit_compile=False)

positions = []
note = keras.callbacks.LambdaCallback(
    on_epoch_begin=lambda epoch, logs: positions.append(dataset.position.get()),
    on_train_end=lambda logs: positions.append(dataset.position.get()),
)
model.fit(dataset, epochs=2, verbose=0, shuffle=False, callbacks=[note])
steps = int(model.optimizer.iterations.numpy())

dataset.position.set(8)
sequence = PatchSequence(sys.argv[1], **settings)
sequence.position.set(8)
whole = True
for index, (_, hr) in enumerate(strategy.experimental_distribute_dataset(dataset)):
    halves = [half.numpy() for half in strategy.experimental_local_results(hr)]
    whole &= np.array_equal(np.concatenate(halves), sequence[index][1])
line = f"{positions[1]} {positions[2]} {steps} {whole and index == 7}"
sys.stdout.write(line)

# The script must end although batches that nobody will read are being made.
left = iter(pairs(sys.argv[1], scale=2, crop=48, batch_size=512, steps_per_epoch=99))
next(left)
