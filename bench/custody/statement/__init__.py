"""Paper and pages of the record: a handset's statement (PDF/A, signed) and a checkpoint's docket.

The modules that draw (`sheet`, `layout`, `docket`) or sign (`signing`) load large libraries:
import them where they are used. What they draw is in `content`, which loads nothing.
"""
