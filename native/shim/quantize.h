// How a quantization is followed and stopped. llama.cpp's quantizer has no callback, but it logs each tensor before it begins
// with it, on the calling thread.
#pragma once

namespace ls {

// Called with each text that libllama logs. Throws if the text begins a tensor and the quantization is to stop: no worker of the
// quantizer runs then, and llama_model_quantize catches the exception as one of its own.
void quantizer_logs(const char * text);

}  // namespace ls
