"""Asking a language model behind OpenAI's API: OpenAI itself, vLLM, SGLang, Ollama, llama.cpp."""

from adapters.model.openai.model import OpenAIModel
from adapters.model.openai.settings import ModelSettings, Price

__all__ = ["ModelSettings", "OpenAIModel", "Price"]
