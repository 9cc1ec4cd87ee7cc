"""The same methods through bitsandbytes and PEFT (lessons 3, 4 and 5)."""
