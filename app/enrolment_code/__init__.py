"""The code for a handset's camera: painted, counted down, and covered while nobody is there."""

from app.enrolment_code.full_screen import FullScreenCode
from app.enrolment_code.lookout import Lookout
from app.enrolment_code.view import CodeView

__all__ = ["CodeView", "FullScreenCode", "Lookout"]
