// A library without content: see LLAMASTREAM_VARIANTS.
typedef int ls_empty;
