#!/usr/bin/env python3
"""Times painters of drawings in ONNX Runtime with the weights that Pentimento has, and Pentimento beside it in the same run.

    sketch_onnx.py PENTIMENTO WEIGHTS_DIR [--threads 2] [--rounds 5] [--repeats 3]

WEIGHTS_DIR is a folder with manifest.toml and models of the family pix2pix. Each is written as an ONNX graph (opset 17) from its
safetensors, at its side and at half of it; runs of both programs alternate, the best time of each counts. A ResNet with nine blocks
and a U-Net of width 32 with random weights are timed too, as in `bench --suite sketch`.
Needs: numpy, onnx, onnxruntime, safetensors
"""
import argparse
import json
import os
import subprocess
import time
import tomllib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.values, self.count = weights, [], {}, 0

    def constant(self, name, array):
        self.values[name] = numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name)
        return name

    def node(self, kind, inputs, **attributes):
        self.count += 1
        out = f"v{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [out], **attributes))
        return out

    def conv(self, x, key, kind="Conv", **attributes):
        inputs = [x, self.constant(f"{key}.weight", self.weights[f"{key}.weight"])]
        if f"{key}.bias" in self.weights:
            inputs.append(self.constant(f"{key}.bias", self.weights[f"{key}.bias"]))
        return self.node(kind, inputs, **attributes)

    def norm(self, x, key, channels):
        scale = self.weights.get(f"{key}.weight", np.ones(channels))
        shift = self.weights.get(f"{key}.bias", np.zeros(channels))
        inputs = [x, self.constant(f"{key}.scale", scale), self.constant(f"{key}.shift", shift)]
        return self.node("InstanceNormalization", inputs, epsilon=1e-5)

    def mirrored(self, x, pad):
        pads = numpy_helper.from_array(np.array([0, 0, pad, pad, 0, 0, pad, pad], dtype=np.int64), f"pads{self.count}")
        self.values[pads.name] = pads
        return self.node("Pad", [x, pads.name], mode="reflect")

    def model(self, c_in, side, out):
        entry = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, c_in, side, side])
        leave = helper.make_tensor_value_info(out, TensorProto.FLOAT, [1, 3, side, side])
        graph = helper.make_graph(self.nodes, "painter", [entry], [leave], list(self.values.values()))
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(made)
        return made.SerializeToString()


def level_key(level):
    return "model.model" + "".join(".1.model" if outer == 1 else ".3.model" for outer in range(1, level))


def unet(config, weights, side):
    g, n, channels = Graph(weights), config["n_levels"], lambda at: config["width"] * min(1 << at - 1, 8)
    assert config["norm"] != "batch", "batch norm is not exported"
    x, levels = "x", []
    for at in range(1, n + 1):
        key = level_key(at)
        x = g.conv(x, f"{key}.{0 if at == 1 else 1}", kernel_shape=[4, 4], strides=[2, 2], pads=[1] * 4)
        if 1 < at < n:
            x = g.norm(x, f"{key}.2", channels(at))
        x = g.node("Relu", [x]) if at == n else g.node("LeakyRelu", [x], alpha=.2)
        levels.append(x)
    for at in range(n, 0, -1):
        key = level_key(at)
        if at < n:
            x = g.node("Concat", [g.node("Relu", [levels[at - 1]]), x], axis=1)
        up, norm = (3, 4) if at in (1, n) else (5, 6)
        x = g.conv(x, f"{key}.{up}", "ConvTranspose", kernel_shape=[4, 4], strides=[2, 2], pads=[1] * 4)
        if at > 1:
            x = g.node("Relu", [g.norm(x, f"{key}.{norm}", channels(at - 1))])
    return g.model(config["c_in"], side, g.node("Tanh", [x]))


def resnet(config, weights, side):
    g, w, n = Graph(weights), config["width"], config["n_blocks"]
    assert config["norm"] != "batch" and config["dialect"] == "pytorch", "not exported"
    relu = lambda x: g.node("Relu", [x])
    x = relu(g.norm(g.conv(g.mirrored("x", 3), "model.1", kernel_shape=[7, 7]), "model.2", w))
    for at, c in ((4, 2 * w), (7, 4 * w)):
        x = relu(g.norm(g.conv(x, f"model.{at}", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4), f"model.{at + 1}", c))
    for at in range(10, 10 + n):
        key, y = f"model.{at}.conv_block", x
        y = relu(g.norm(g.conv(g.mirrored(y, 1), f"{key}.1", kernel_shape=[3, 3]), f"{key}.2", 4 * w))
        y = g.norm(g.conv(g.mirrored(y, 1), f"{key}.5", kernel_shape=[3, 3]), f"{key}.6", 4 * w)
        x = g.node("Add", [x, y])
    for at, c in ((10 + n, 2 * w), (13 + n, w)):
        x = g.conv(x, f"model.{at}", "ConvTranspose", kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, output_padding=[1, 1])
        x = relu(g.norm(x, f"model.{at + 1}", c))
    return g.model(config["c_in"], side, g.node("Tanh", [g.conv(g.mirrored(x, 3), f"model.{17 + n}", kernel_shape=[7, 7])]))


def random_weights(config):
    rng, out = np.random.default_rng(0), {}
    def put(key, *dims, bias=None):
        out[f"{key}.weight"] = rng.normal(0, .02, dims).astype(np.float32)
        if bias:
            out[f"{key}.bias"] = np.zeros(bias, np.float32)
    w = config["width"]
    if config["kind"] == "u-net":
        n, channels = config["n_levels"], lambda at: config["c_in"] if at == 0 else w * min(1 << at - 1, 8)
        for at in range(1, n + 1):
            put(f"{level_key(at)}.{0 if at == 1 else 1}", channels(at), channels(at - 1), 4, 4)
            back = 3 if at == 1 else channels(at - 1)
            up = 3 if at in (1, n) else 5
            put(f"{level_key(at)}.{up}", channels(at) * (1 if at == n else 2), back, 4, 4, bias=3 if at == 1 else None)
        return out
    n = config["n_blocks"]
    put("model.1", w, config["c_in"], 7, 7, bias=w)
    put("model.4", 2 * w, w, 3, 3, bias=2 * w)
    put("model.7", 4 * w, 2 * w, 3, 3, bias=4 * w)
    for at in range(10, 10 + n):
        for index in (1, 5):
            put(f"model.{at}.conv_block.{index}", 4 * w, 4 * w, 3, 3, bias=4 * w)
    put(f"model.{10 + n}", 4 * w, 2 * w, 3, 3, bias=2 * w)
    put(f"model.{13 + n}", 2 * w, w, 3, 3, bias=w)
    put(f"model.{17 + n}", 3, w, 7, 7, bias=3)
    return out


def session(config, weights, side, threads):
    make = unet if config["kind"] == "u-net" else resnet
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return ort.InferenceSession(make(config, weights, side), options, providers=["CPUExecutionProvider"])


def cases(folder):
    unets = dict(kind="u-net", c_in=5, norm="affine-instance")
    resnets = dict(kind="res-net", c_in=5, norm="instance", dialect="pytorch")
    for name, config in (("unet-w32 at 256", dict(unets, width=32, n_levels=7)), ("unet-w32 at 128", dict(unets, width=32, n_levels=7)),
                         ("unet-w64 at 256", dict(unets, width=64, n_levels=8)),
                         ("resnet9-w64 at 256", dict(resnets, width=64, n_blocks=9)),
                         ("resnet6-w32 at 256", dict(resnets, width=32, n_blocks=6))):
        yield name, config, random_weights(config), int(name.split()[-1])
    with open(os.path.join(folder, "manifest.toml"), "rb") as file:
        models = tomllib.load(file).get("model", [])
    for model in models:
        if model["family"] == "pix2pix":
            weights = {k: v.astype(np.float32) for k, v in load_file(os.path.join(folder, model["file"])).items()}
            for side in (model["resolution"], model["resolution"] // 2):
                yield f"{model['name']} at {side}", model["config"]["network"], weights, side


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pentimento")
    parser.add_argument("weights")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    ours, theirs = {}, {}
    sessions = {name: (session(config, weights, side, args.threads), config["c_in"], side)
                for name, config, weights, side in cases(args.weights)}
    command = [args.pentimento, "bench", "--suite", "sketch", "--layer", " at ", "--json", "--rounds", str(args.rounds),
               "--threads", str(args.threads), "--weights", args.weights]
    for _ in range(args.repeats):
        for row in json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["rows"]:
            if row["network_ms"]:
                before = ours.get(row["name"], (1e9, 1e9))
                ours[row["name"]] = min(row["ms"], before[0]), min(row["network_ms"], before[1])
        for name, (run, c_in, side) in sessions.items():
            x = np.random.default_rng(1).uniform(-1, 1, (1, c_in, side, side)).astype(np.float32)
            run.run(None, {"x": x})
            for _ in range(args.rounds):
                start = time.perf_counter()
                run.run(None, {"x": x})
                theirs[name] = min(1e3 * (time.perf_counter() - start), theirs.get(name, 1e9))
    # ORT is given what our network reads; ours makes it of the ink in the first column, and has it ready in the second.
    print(f"{'drawing':34}{'ours ms':>10}{'network':>10}{'ORT ms':>10}{'speed':>8}{'network':>9}")
    for name in ours:
        if name in theirs:
            whole, alone = ours[name]
            speeds = f"{theirs[name] / whole:8.2f}{theirs[name] / alone:9.2f}"
            print(f"{name:34}{whole:10.2f}{alone:10.2f}{theirs[name]:10.2f}{speeds}")


if __name__ == "__main__":
    main()
